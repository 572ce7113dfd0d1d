#include "agent/dialog/dialog_program.h"

// What tests use as `baton-agent dialog`.
int main(int argc, char** argv) { return baton::RunDialog({argv + 1, argv + argc}); }
