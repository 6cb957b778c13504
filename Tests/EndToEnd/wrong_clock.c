/* Preloaded into a program, puts its wall clock wrong by WRONG_CLOCK_SECONDS. What measures how long something takes stays right, and so do
   waits, as on a machine whose clock is wrong. (libfaketime makes Swift's sleeps longer or shorter by as much.) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset_seconds(void) {
    static long known;
    static int is_known;
    if (!is_known) {
        const char *text = getenv("WRONG_CLOCK_SECONDS");
        known = text ? atol(text) : 0;
        is_known = 1;
    }
    return known;
}

static int is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result == 0 && is_wall(clock)) time->tv_sec += offset_seconds();
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where) *where = now.tv_sec;
    return now.tv_sec;
}

/* The kernel's wall clock is right, so a moment told by the wrong one is translated. Moments of other clocks are small numbers. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!real) real = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec translated = *until;
    if (translated.tv_sec > 1000000000) translated.tv_sec -= offset_seconds();
    return real(condition, mutex, &translated);
}
