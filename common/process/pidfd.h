#pragma once

// pidfd_open and pidfd_send_signal of Linux. The header of glibc 2.36 forgets that they are C
// functions.
extern "C" {
#include <sys/pidfd.h>
}
