/*
 * metrics.h: serves the accounting of this process to Prometheus: http://127.0.0.1:PORT/metrics.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <stdint.h>

struct metrics_server;

/*
 * Starts a thread that answers, on the loopback interface only; port 0 takes a free one. NULL if
 * the port is taken.
 */
struct metrics_server *metrics_start(uint16_t port);
uint16_t metrics_port(struct metrics_server *server);
/* Ends it; NULL is allowed. */
void metrics_stop(struct metrics_server *server);

#endif
