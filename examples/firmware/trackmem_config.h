/*
 * What this firmware wants otherwise than trackmem/small_config.h has it.
 */
#define TRACKMEM_MAX_DOMAINS   7
#define TRACKMEM_REDZONE_BYTES 8
#define TRACKMEM_FILL          1
