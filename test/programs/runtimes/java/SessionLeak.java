import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** Leaks one Session of about 2 kB a request: SESSIONS only grows (line 14, added to at 17). */
public class SessionLeak {
  static class Session {
    final String user;
    final byte[] cart = new byte[2000];
    Session(String user) { this.user = user; }
  }

  static final Map<String, Session> SESSIONS = new HashMap<>();

  static synchronized void login(int number) {
    SESSIONS.put("user " + number, new Session("user " + number));
  }

  static int requests;

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      login(requests++);
      byte[] answer = "ok".getBytes();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }
}
