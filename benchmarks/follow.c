/* The floor for benchmarks/follow.py: print what is appended to files, by inotify, and nothing else: no rotation, no
 * whole lines, no cursor. */
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { MOST = 2048 };
static char events[1 << 16], bytes[1 << 18];

static void print_new(int file) {
    for (ssize_t got; (got = read(file, bytes, sizeof bytes)) > 0;)
        for (ssize_t put = 0, n; put < got; put += n)
            if ((n = write(1, bytes + put, got - put)) < 0) _exit(1);
}

int main(int count, char **paths) {
    int files[MOST], queue = inotify_init1(IN_CLOEXEC);
    if (queue < 0 || count > MOST) return 1;
    for (int i = 1; i < count; i++) {
        files[i] = open(paths[i], O_RDONLY);
        if (files[i] < 0 || inotify_add_watch(queue, paths[i], IN_MODIFY) < 0) return 1;
    }
    do
        for (int i = 1; i < count; i++) print_new(files[i]);
    while (read(queue, events, sizeof events) > 0);
    return 1;
}
