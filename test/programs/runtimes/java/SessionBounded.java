import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the last 150 sessions, and makes some garbage for each request: nothing grows. */
public class SessionBounded {
  static class Session {
    final String user;
    final byte[] cart = new byte[2000];
    Session(String user) { this.user = user; }
  }

  static final Map<String, Session> SESSIONS = new LinkedHashMap<>() {
    @Override protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) { return size() > 150; }
  };

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
