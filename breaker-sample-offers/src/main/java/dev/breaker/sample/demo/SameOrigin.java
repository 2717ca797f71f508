package dev.breaker.sample.demo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps commands of other sites' pages in the user's browser away from the demo: no page can send {@value #HEADER} elsewhere
 * without being allowed to.
 */
class SameOrigin extends OncePerRequestFilter {

    static final String HEADER = "X-Demo";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (!request.getMethod().equals("GET") && request.getHeader(HEADER) == null) {
            LocalHost.refuse(
                    response, "A request that changes something needs the header " + HEADER + ", with any value.");
        } else {
            chain.doFilter(request, response);
        }
    }
}
