/*
 * metrics.c: libmicrohttpd, a thread of its own, one page. The accounting is written to a file in
 * memory first: trackmem holds up other reports while it writes one, and a client may be slow.
 */
#define _GNU_SOURCE /* memfd_create */
#include "metrics.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>
#include <trackmem/observe.h>

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* A file with the accounting, which the response closes; -1 if there is no memory for it. */
static int accounting_file(void)
{
    int fd = memfd_create("metrics", MFD_CLOEXEC);
    if (fd >= 0 && trackmem_report(fd, TRACKMEM_FORMAT_PROMETHEUS) != TRACKMEM_OK) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static struct MHD_Response *page(void)
{
    struct MHD_Response *response = NULL;
    struct stat status;
    int fd = accounting_file();
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0)
        response = MHD_create_response_from_fd((size_t)status.st_size, fd);
    if (!response) {
        close(fd);
        return NULL;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, CONTENT_TYPE);
    return response;
}

/* A line for whoever asks for something else. */
static struct MHD_Response *line(const char *text)
{
    return MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    unsigned code = MHD_HTTP_OK;
    struct MHD_Response *response = NULL;
    enum MHD_Result result;
    (void)user;
    (void)version;
    (void)upload;
    (void)upload_size;
    (void)state;
    if (strcmp(url, "/metrics") != 0) {
        code = MHD_HTTP_NOT_FOUND;
        response = line("the metrics are at /metrics\n");
    } else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        code = MHD_HTTP_METHOD_NOT_ALLOWED;
        response = line("only GET\n");
    } else if (!(response = page())) {
        code = MHD_HTTP_SERVICE_UNAVAILABLE;
        response = line("no memory for the accounting\n");
    }
    result = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response); /* the connection keeps it as long as it needs */
    return result;
}

struct metrics_server *metrics_start(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return (struct metrics_server *)MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, port, NULL, NULL, answer, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_TIMEOUT, 10u,
        MHD_OPTION_CONNECTION_LIMIT, 8u, MHD_OPTION_END);
}

uint16_t metrics_port(struct metrics_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info((struct MHD_Daemon *)server,
                                                           MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void metrics_stop(struct metrics_server *server)
{
    if (server)
        MHD_stop_daemon((struct MHD_Daemon *)server);
}
