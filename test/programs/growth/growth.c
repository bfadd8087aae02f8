// `growth leak` loses 20 kB every 10 ms; `growth healthy` frees it, after a start-up that fills a table.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
  int leaks = count > 1 && strcmp(words[1], "leak") == 0;
  char *table[50] = {0};
  for (int turn = 0;; turn++) {
    char *piece = malloc(20000);
    memset(piece, turn, 20000);
    if (!leaks) {
      free(table[turn % 50]);
      table[turn % 50] = piece;
    }
    usleep(10000);
  }
}
