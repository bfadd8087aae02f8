import java.util.HashMap;
import java.util.Map;

/** Keeps a set of a constant size and churns: some entries are replaced by and by, everything else dies young. */
public class Steady {
  record Entry(int id, String name, byte[] body) {}

  static Entry entry(int id, int size) {
    return new Entry(id, "entry " + id, new byte[size]);
  }

  public static void main(String[] args) {
    int rounds = Integer.parseInt(args[0]);
    int kept = Integer.parseInt(args[1]);
    int replaced = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    Map<Integer, Entry> entries = new HashMap<>();
    for (int id = 0; id < kept; id++) entries.put(id, entry(id, 400));
    long seed = 1;
    long sum = 0;
    for (int round = 0; round < rounds; round++) {
      for (int request = 0; request < 2000; request++) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < 8; at++) text.append("value ").append(request * at).append(';');
        sum += text.toString().split(";").length;
        byte[] buffer = new byte[2000];
        buffer[request % 2000] = 1;
        sum += buffer[0];
        if (request % replaced == 0) {
          seed = (seed * 48271) % 2147483647L;
          int id = (int) (seed % kept);
          entries.put(id, entry(id, 400));
        }
      }
    }
    if (sum < 0 || entries.size() != kept) System.exit(1);
  }
}
