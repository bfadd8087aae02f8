import java.io.File;
import java.util.List;
import org.graalvm.visualvm.lib.jfluid.heap.Heap;
import org.graalvm.visualvm.lib.jfluid.heap.HeapFactory;
import org.graalvm.visualvm.lib.jfluid.heap.Instance;
import org.graalvm.visualvm.lib.jfluid.heap.JavaClass;

/** VisualVM's library on one dump: the 20 classes with most bytes; with `retained` also the 20 objects that retain most. */
public class OpenHeap {
  public static void main(String[] arguments) throws Exception {
    Heap heap = HeapFactory.createHeap(new File(arguments[0]));
    List<JavaClass> classes = new java.util.ArrayList<>(heap.getAllClasses());
    classes.sort((a, b) -> Long.compare(b.getAllInstancesSize(), a.getAllInstancesSize()));
    for (JavaClass each : classes.subList(0, 20)) System.out.println("CLASS " + each.getInstancesCount() + " " + each.getName());
    if (arguments.length > 1) for (Instance each : heap.getBiggestObjectsByRetainedSize(20)) System.out.println("BIG " + each.getRetainedSize() + " " + each.getJavaClass().getName());
    System.exit(0);
  }
}
