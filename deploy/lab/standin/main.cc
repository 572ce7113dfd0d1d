// platform-standin: behaves like the OutSystems platform, in labs. See README.md beside this file.

#include "deploy/lab/standin/standin.h"

int main(int argc, char** argv) { return baton::standin::RunStandin(argc, argv); }
