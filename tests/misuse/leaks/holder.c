/*
 * The library of held_by_a_library.c.
 */
void hold(void *in_data, void *in_zero_data, void *in_thread);

static int in_the_data_section;
static void *volatile data = &in_the_data_section;
static void *volatile zero_data;
static _Thread_local void *volatile thread;

void hold(void *in_data, void *in_zero_data, void *in_thread)
{
    data = in_data;
    zero_data = in_zero_data;
    thread = in_thread;
}
