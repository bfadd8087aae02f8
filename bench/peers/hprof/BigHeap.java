import java.util.*;
/** Orders, customers, texts, maps of all sizes: a heap such as services have. Arguments: where to, how many megabytes. */
public class BigHeap {
  static final Map<String, Customer> CUSTOMERS = new HashMap<>();
  static final List<Order> ORDERS = new ArrayList<>();
  static class Customer { String name; long id; Map<String, String> fields = new TreeMap<>(); List<Order> orders = new LinkedList<>(); }
  static class Order { long id; double price; Customer customer; List<String> lines = new ArrayList<>(); int[] codes; Order before; }
  public static void main(String[] arguments) throws Exception {
    Random random = new Random(7);
    Order before = null;
    Runtime runtime = Runtime.getRuntime();
    long most = Long.parseLong(arguments[1]) << 20;
    for (int at = 0; at % 1000 != 0 || runtime.totalMemory() - runtime.freeMemory() < most; at++) {
      Customer customer = new Customer();
      customer.id = at;
      customer.name = "customer " + random.nextInt();
      for (int field = 0; field < 3; field++) customer.fields.put("field" + field, "value " + random.nextInt(100000));
      for (int each = random.nextInt(4); each >= 0; each--) {
        Order order = new Order();
        order.id = random.nextLong();
        order.customer = customer;
        order.before = random.nextInt(50) == 0 ? null : before;
        before = order;
        order.codes = new int[random.nextInt(20)];
        for (int line = random.nextInt(5); line >= 0; line--) order.lines.add("line " + line + " of " + order.id);
        customer.orders.add(order);
        ORDERS.add(order);
      }
      CUSTOMERS.put(customer.name, customer);
    }
    java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class).dumpHeap(arguments[0], true);
  }
}
