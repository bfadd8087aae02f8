import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs planted leaks, or their healthy twins, and writes a ladder of three heap dumps with `jcmd`.
 *   java -cp CLASSES Run leak|healthy FOLDER NAME…
 * Each program has `leak(n)` and `healthy(n)`, one operation each.
 */
public class Run {
    public static void main(String[] arguments) throws Exception {
        List<Method> programs = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) programs.add(Class.forName(arguments[i]).getDeclaredMethod(arguments[0], int.class));
        List<String> counts = new ArrayList<>();
        int done = 0;
        for (int count : new int[] {131, 61, 61}) {
            for (int i = 0; i < count; i++) {
                done++;
                for (Method program : programs) program.invoke(null, done);
            }
            Path file = Path.of(arguments[1], counts.size() + ".hprof");
            Process jcmd = new ProcessBuilder("jcmd", String.valueOf(ProcessHandle.current().pid()), "GC.heap_dump", file.toString()).redirectErrorStream(true).start();
            String said = new String(jcmd.getInputStream().readAllBytes());
            if (jcmd.waitFor() != 0) throw new IllegalStateException(said);
            counts.add(String.valueOf(done));
        }
        System.out.println("[" + String.join(",", counts) + "]");
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
