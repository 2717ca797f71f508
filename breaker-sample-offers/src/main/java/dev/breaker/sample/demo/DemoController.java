package dev.breaker.sample.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The demo's page, what it shows, and what it does. */
@RestController
class DemoController {

    private static final String POLICY = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'; style-src 'nonce-%1$s'; script-src 'nonce-%1$s'";

    private final SecureRandom random = new SecureRandom();
    private final String page;
    private final Stage stage;
    private final Commands commands;

    DemoController(Stage stage, Commands commands) throws IOException {
        this.page = new ClassPathResource("demo.html").getContentAsString(StandardCharsets.UTF_8);
        this.stage = stage;
        this.commands = commands;
    }

    @GetMapping(path = "/", produces = "text/html;charset=UTF-8")
    ResponseEntity<String> page() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return ResponseEntity.ok()
                .header("Content-Security-Policy", POLICY.formatted(nonce))
                .body(page.replace("{{nonce}}", nonce));
    }

    @GetMapping("/demo/scene")
    Scene scene(@RequestParam(defaultValue = "0") long seen) {
        return stage.scene(seen);
    }

    @PostMapping(path = "/demo/commands", produces = MediaType.TEXT_PLAIN_VALUE)
    String run(@RequestParam String command) throws InterruptedException {
        return commands.run(command) + "\n";
    }

    @ExceptionHandler
    ResponseEntity<String> refuse(DemoException e) {
        return ResponseEntity.status(HttpStatus.BAD_REQUEST)
                .contentType(MediaType.TEXT_PLAIN)
                .body(e.getMessage() + "\n");
    }
}
