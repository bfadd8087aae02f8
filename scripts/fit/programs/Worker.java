// Does to its memory what it is told on stdin, one order a line, and reports what the JVM says of it. See ../record-programs.ts.
import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.*;
import java.lang.management.*;
import java.nio.ByteBuffer;
import java.util.*;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

public class Worker {
  static Map<String, Object> slots = new HashMap<>();
  static List<Object> leaked = new ArrayList<>();
  static List<Object> files = new ArrayList<>();
  static Object waste;
  static long nativeBytes = 0;
  static volatile long after = -1, full = -1;
  static volatile int collections = 0, majors = 0;

  static class Small { int id; Object next; Small(int id, Object next) { this.id = id; this.next = next; } }

  static Object make(String kind, int bytes) {
    switch (kind) {
      case "string": { char[] c = new char[Math.max(1, bytes)]; Arrays.fill(c, 'x'); return new String(c); }
      case "small": { Small head = null; for (int left = bytes; left > 0; left -= 24) head = new Small(left, head); return head; }
      default: return new byte[Math.max(1, bytes)];
    }
  }

  static long live() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  public static void main(String[] args) throws Exception {
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) bean).addNotificationListener((note, data) -> {
        GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from((CompositeData) note.getUserData());
        long sum = 0;
        for (Map.Entry<String, MemoryUsage> pool : info.getGcInfo().getMemoryUsageAfterGc().entrySet()) {
          String name = pool.getKey();
          if (name.contains("Eden") || name.contains("Survivor") || name.contains("Old") || name.contains("Tenured")) sum += pool.getValue().getUsed();
        }
        after = sum / 1024;
        collections++;
        if (info.getGcAction().contains("major")) { full = sum / 1024; majors++; }
      }, null, null);
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] w = line.split(" ");
      switch (w[0]) {
        case "G": for (int i = Integer.parseInt(w[1]); i > 0; i--) waste = make((i & 1) == 0 ? "bytes" : "small", Integer.parseInt(w[2])); break;
        case "P": slots.put(w[1], make(w[3], Integer.parseInt(w[2]))); break;
        case "B": {
          int pieces = Integer.parseInt(w[3]);
          Object[] list = new Object[pieces];
          for (int i = 0; i < pieces; i++) list[i] = make(w[4], Integer.parseInt(w[2]) / pieces);
          slots.put(w[1], list);
          break;
        }
        case "K": {
          Object[] list = (Object[]) slots.get(w[1]);
          List<Object> kept = new ArrayList<>();
          for (int i = 0; i < list.length; i += Integer.parseInt(w[2])) kept.add(list[i]);
          slots.put(w[1], kept.toArray());
          break;
        }
        case "D": slots.remove(w[1]); break;
        case "L": leaked.add(make(w[1], Integer.parseInt(w[2]))); break;
        case "N": {
          ByteBuffer direct = ByteBuffer.allocateDirect(Integer.parseInt(w[1]));
          for (int i = 0; i < direct.capacity(); i += 512) direct.put(i, (byte) 1);
          nativeBytes += direct.capacity();
          files.add(direct);
          break;
        }
        case "T": {
          byte[] held = new byte[Integer.parseInt(w[1])];
          Thread thread = new Thread(null, () -> { try { synchronized (held) { held.wait(); } } catch (InterruptedException e) { waste = held; } }, "t", 65536);
          thread.setDaemon(true);
          thread.start();
          break;
        }
        case "F": files.add(new FileInputStream("/dev/null")); break;
        case "C": System.gc(); break;
        case "S": {
          MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
          System.out.println("heap_used=" + heap.getUsed() / 1024 + " heap_total=" + heap.getCommitted() / 1024 + " gc=" + collections + " gc_full=" + majors + " heap_after=" + (after < 0 ? "" : "" + after) + " heap_after_full=" + (full < 0 ? "" : "" + full));
          break;
        }
        case "E": { long before = live(); leaked = null; System.out.println("leaked=" + (before - live() + nativeBytes)); break; }
      }
    }
  }
}
