package dev.breaker.sample.demo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps other sites' pages in the user's browser away from the demo. A name of theirs that leads to this machine is not one
 * of its own, and no page can send {@value #HEADER} elsewhere without being allowed to.
 */
class SameOrigin extends OncePerRequestFilter {

    static final String HEADER = "X-Demo";

    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (!NAMES.contains(request.getServerName())) {
            refuse(response, "This is the demo of localhost, not of another host.");
        } else if (!request.getMethod().equals("GET") && request.getHeader(HEADER) == null) {
            refuse(response, "A request that changes something needs the header " + HEADER + ", with any value.");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void refuse(HttpServletResponse response, String why) throws IOException {
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType("text/plain;charset=UTF-8");
        response.getWriter().println(why);
    }
}
