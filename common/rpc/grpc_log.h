#pragma once

namespace baton {

// Sends what the gRPC library logs, errors only unless GRPC_VERBOSITY says otherwise, to the log of
// this process. For the whole process; call it once, at its start.
void SendGrpcLogToLog();

}  // namespace baton
