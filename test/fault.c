/*
 * Preloaded into a store: the FAULT_AT-th call of FAULT_CALLS (rename, fsync or write) on a path that holds FAULT_MATCH
 * fails with EIO or ENOSPC, or kills the process before it is done, as FAULT_DO says. The file FAULT_MARK tells that it did, and while it
 * is there none fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int seen;

static int fails (const char *call, const char *path)
{
  const char *calls = getenv("FAULT_CALLS"), *match = getenv("FAULT_MATCH"), *at = getenv("FAULT_AT"), *what = getenv("FAULT_DO");
  if (!calls || !match || !at || !what || !path || strcmp(calls, call) || !strstr(path, match)) return 0;
  const char *mark = getenv("FAULT_MARK");
  if (mark && !access(mark, F_OK)) return 0;
  if (atomic_fetch_add(&seen, 1) + 1 != atoi(at)) return 0;
  if (mark) close(open(mark, O_CREAT | O_WRONLY, 0600));
  if (!strcmp(what, "kill")) {
    kill(getpid(), SIGKILL);
    pause();
  }
  errno = strcmp(what, "ENOSPC") ? EIO : ENOSPC;
  return 1;
}

static const char *path_of (int fd, char *buffer, size_t size)
{
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return buffer;
}

static int wants (const char *call)
{
  const char *calls = getenv("FAULT_CALLS");
  return calls && !strcmp(calls, call);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)

int rename (const char *from, const char *to)
{
  REAL(rename);
  return fails("rename", from) ? -1 : real(from, to);
}

int fsync (int fd)
{
  REAL(fsync);
  char path[4096];
  return wants("fsync") && fails("fsync", path_of(fd, path, sizeof path)) ? -1 : real(fd);
}

/* What an engine syncs a file with is its own affair. */
int fdatasync (int fd)
{
  REAL(fdatasync);
  char path[4096];
  return wants("fsync") && fails("fsync", path_of(fd, path, sizeof path)) ? -1 : real(fd);
}

ssize_t write (int fd, const void *data, size_t size)
{
  REAL(write);
  char path[4096];
  return wants("write") && fails("write", path_of(fd, path, sizeof path)) ? -1 : real(fd, data, size);
}
