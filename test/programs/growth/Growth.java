import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps 20 kB of every piece of work; as `healthy` only the last 20 of them. */
public class Growth {
  static byte[] scratch;

  public static void main(String[] words) throws Exception {
    boolean leaks = words.length > 0 && words[0].equals("leak");
    Deque<byte[]> kept = new ArrayDeque<>();
    while (true) {
      for (int i = 0; i < 200; i++) scratch = new byte[1000];
      kept.add(new byte[20_000]);
      if (!leaks && kept.size() > 20) kept.removeFirst();
      Thread.sleep(10);
    }
  }
}
