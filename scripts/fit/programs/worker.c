/* Does to its memory what it is told on stdin, one order a line, and reports what malloc says of it. See ../record-programs.ts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS 400000
#define ROOM (1L << 30)
struct held { int pieces; void **piece; };
static struct held slots[SLOTS];
static void **leaked;
static long leaks, leak_room;
static char *lazy, *file;
static long shared_bytes;

static void *make(long bytes) { char *p = malloc(bytes); memset(p, 1, bytes); return p; }
static void drop(struct held *s) {
  for (int i = 0; i < s->pieces; i++) free(s->piece[i]);
  free(s->piece);
  s->piece = NULL; s->pieces = 0;
}
static void fill(struct held *s, long bytes, int pieces) {
  drop(s);
  s->piece = malloc(pieces * sizeof(void *)); s->pieces = pieces;
  for (int i = 0; i < pieces; i++) s->piece[i] = make(bytes / pieces);
}
static void *wait_for_ever(void *unused) { (void)unused; volatile char page[6000]; for (int i = 0; i < 6000; i += 512) page[i] = 1; for (;;) pause(); return (void *)(long)page[0]; }
static long used(void) { struct mallinfo2 m = mallinfo2(); return m.uordblks + m.hblkhd; }

int main(void) {
  char line[256], word[32];
  long a, b, c;
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    char *rest = line + 1;
    switch (line[0]) {
    case 'G':
      sscanf(rest, "%ld %ld", &a, &b);
      for (long i = 0; i < a; i++) { void *p = make(b / 2 + 1), *q = make(b / 2 + 1); free(p); free(q); }
      break;
    case 'P': if (sscanf(rest, "%ld %ld", &a, &b) == 2) fill(&slots[a % SLOTS], b, b > 4000 ? 3 : 1); break;
    case 'B': if (sscanf(rest, "%ld %ld %ld", &a, &b, &c) == 3) fill(&slots[a % SLOTS], b, c); break;
    case 'K': {
      sscanf(rest, "%ld %ld", &a, &b);
      struct held *s = &slots[a % SLOTS];
      int kept = 0;
      for (int i = 0; i < s->pieces; i++) { if (i % b == 0) s->piece[kept++] = s->piece[i]; else free(s->piece[i]); }
      s->pieces = kept;
      break;
    }
    case 'D': sscanf(rest, "%ld", &a); drop(&slots[a % SLOTS]); break;
    case 'L': case 'N':
      if (line[0] == 'N') sscanf(rest, "%ld", &a); else sscanf(rest, "%31s %ld", word, &a);
      if (leaks == leak_room) leaked = realloc(leaked, (leak_room = leak_room * 2 + 64) * sizeof(void *));
      leaked[leaks++] = make(a);
      break;
    case 'T': {
      pthread_t thread; pthread_attr_t small;
      pthread_attr_init(&small); pthread_attr_setstacksize(&small, 65536);
      pthread_create(&thread, &small, wait_for_ever, NULL);
      break;
    }
    case 'F': { FILE *f = fopen("/dev/null", "r"); if (f) fgetc(f); break; }
    case 'A': /* touch, then tell the kernel that it may take it */
      sscanf(rest, "%ld", &a);
      if (!lazy) lazy = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      memset(lazy, 1, a);
      break;
    case 'Z': sscanf(rest, "%ld", &a); if (lazy) madvise(lazy, a, MADV_FREE); break;
    case 'I': { /* read a mapped file up to here */
      if (sscanf(rest, "%ld", &a) != 1) break;
      if (!file) { int fd = open("/proc/self/exe", O_RDONLY); char name[] = "/tmp/mapped-XXXXXX"; int t = mkstemp(name); unlink(name); if (ftruncate(t, ROOM / 8)) return 1; file = mmap(NULL, ROOM / 8, PROT_READ, MAP_SHARED, t, 0); close(fd); }
      volatile char sum = 0;
      for (long i = 0; i < a && i < ROOM / 8; i += 4096) sum += file[i];
      break;
    }
    case 'C': malloc_trim(0); break;
    case 'M': { /* memory of no one: mapped, and never unmapped */
      if (sscanf(rest, "%ld", &a) != 1) break;
      int fd = memfd_create("held", 0);
      if (fd < 0 || ftruncate(fd, a)) return 1;
      char *p = mmap(NULL, a, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      close(fd);
      memset(p, 1, a);
      shared_bytes += (a + 4095) & ~4095L;
      break;
    }
    case 'S': { struct mallinfo2 m = mallinfo2(); printf("heap_used=%zu heap_total=%zu\n", (m.uordblks + m.hblkhd) / 1024, (m.arena + m.hblkhd) / 1024); break; }
    case 'E': { long before = used(); for (long i = 0; i < leaks; i++) free(leaked[i]); leaks = 0; printf("leaked=%ld\n", before - used() + shared_bytes); break; }
    }
  }
  return 0;
}
