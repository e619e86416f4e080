// Settings of the allocator, which looks for them under this name before main runs. Source:
// jemalloc 5.3, man page, section TUNING. Only compiled when the gateway is linked with it.

extern "C" {
// Memory that was freed goes back to the system after two seconds, also when nothing happens any
// more: a thread of the allocator's own sees to it.
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,dirty_decay_ms:2000,muzzy_decay_ms:0";
}
