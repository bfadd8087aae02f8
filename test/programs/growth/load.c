// `load leak FILE` keeps 200 kB of every piece of work for ever; `load cache FILE` keeps what came in the last second; `load bounded
// FILE` keeps the last 100 pieces. How many pieces are done every 20 ms is the number in the file, read anew each time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE 200000
#define MOST 100000

int main(int count, char **words) {
  if (count < 3) return 2;
  static char *kept[MOST];
  static long bornAt[MOST];
  long from = 0, to = 0;
  for (long turn = 0;; turn++) {
    int pieces = 0;
    FILE *file = fopen(words[2], "r");
    if (file) {
      if (fscanf(file, "%d", &pieces) != 1) pieces = 0;
      fclose(file);
    }
    for (int i = 0; i < pieces && to < MOST; i++) {
      kept[to] = malloc(SIZE);
      memset(kept[to], 1, SIZE);
      bornAt[to++] = turn;
    }
    if (!strcmp(words[1], "cache")) while (from < to && bornAt[from] < turn - 50) free(kept[from++]);
    if (!strcmp(words[1], "bounded")) while (to - from > 100) free(kept[from++]);
    usleep(20000);
  }
}
