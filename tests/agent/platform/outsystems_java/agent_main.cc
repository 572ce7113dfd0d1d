#include <string>

#include "agent/dialog/dialog_arguments.h"
#include "agent/dialog/dialog_program.h"
#include "agent/tools/supervisor.h"

// What tests use as baton-agent: its supervisor and its dialogs.
int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word == "supervise" && argc == 3) return baton::RunSupervisor(argv[2]);
  if (word == baton::kDialogWord) return baton::RunDialog({argv + 2, argv + argc});
  return 2;
}
