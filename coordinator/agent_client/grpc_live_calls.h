#pragma once

#include <grpcpp/client_context.h>

#include <set>

#include "common/sync/mutex.h"

namespace baton {

// The calls that a client has under way, so that it can end them before it goes. Thread-safe.
class LiveCalls {
 public:
  // Notes a call that is about to start. Once cancelled, calls are cancelled as they come.
  void Add(grpc::ClientContext& context) {
    MutexLock lock(mutex_);
    contexts_.insert(&context);
    if (cancelled_) context.TryCancel();
  }

  // Notes that a call has ended and its callback has run. `context` may be destroyed after it.
  void Remove(grpc::ClientContext& context) {
    MutexLock lock(mutex_);
    contexts_.erase(&context);
    ended_.NotifyAll();
  }

  // Cancels every call, now and from now on, and waits until none is left.
  void CancelAndWait() {
    MutexLock lock(mutex_);
    cancelled_ = true;
    for (grpc::ClientContext* context : contexts_) context->TryCancel();
    while (!contexts_.empty()) ended_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar ended_;
  std::set<grpc::ClientContext*> contexts_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace baton
