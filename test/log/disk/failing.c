/* A disk that fails when it is told to: loaded before the C library, it looks at the file named in FAILING, which says what fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(const char *what) {
  const char *name = getenv("FAILING");
  char said[32] = {0};
  int fd = name ? open(name, O_RDONLY) : -1;
  if (fd < 0) return 0;
  ssize_t n = read(fd, said, sizeof said - 1);
  close(fd);
  return n > 0 && strncmp(said, what, strlen(what)) == 0;
}
/* Only what the database writes: node's own pipes and files are left alone. */
static int database(int fd) {
  char link[64], path[4096] = {0};
  static const char digits[] = "0123456789";
  char number[16];
  int i = 15, n = fd;
  number[15] = 0;
  do number[--i] = digits[n % 10]; while ((n /= 10) > 0);
  strcpy(link, "/proc/self/fd/");
  strcat(link, number + i);
  return readlink(link, path, sizeof path - 1) > 0 && strstr(path, ".db") != NULL;
}
#define REFUSE(fd, what, code) if (database(fd) && fails(what)) { errno = code; return -1; }

int fsync(int fd) {
  REFUSE(fd, "sync", EIO)
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
  REFUSE(fd, "sync", EIO)
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
#define WRITES(name, offset)                                                                        \
  ssize_t name(int fd, const void *buffer, size_t size, offset at) {                                \
    REFUSE(fd, "full", ENOSPC)                                                                      \
    REFUSE(fd, "read-only", EROFS)                                                                  \
    REFUSE(fd, "write", EIO)                                                                        \
    return ((ssize_t (*)(int, const void *, size_t, offset))dlsym(RTLD_NEXT, #name))(fd, buffer, size, at); \
  }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)
