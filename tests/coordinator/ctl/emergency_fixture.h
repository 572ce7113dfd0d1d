#pragma once

#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton {

// The farm of farm_fixture.h after it lost fe1, which has the Deployment Controller: what is seen,
// planned, run and owed.

// fe1 is silent, fe4 too; fe2 and fe3 look for them. Hosts have guards. fe1 owes its stand-down and
// has a fence, fe3 owes something else.
coordinator::v1::Farm MakeFarmWithDebts();

// A plan to move the Deployment Controller to fe2 without fe1, and without fe4, which did not have
// it.
plan::v1::Plan MakeEmergencyPlan();

// A run of that plan that succeeded: fe1 did nothing of what it was told.
plan::v1::Run MakeOwingRun();

// A run that goes on from a pause, since fe3 does not accept the claim. Its stand-down is done if
// it has one.
plan::v1::Run MakeUnclaimedRun();

// The plan that brings fe1 to what the assignment says.
plan::v1::Plan MakePayPlan();

// What the hosts see of fe1 and fe4.
void AddSightings(google::protobuf::RepeatedPtrField<plan::v1::Sighting>& sightings);

}  // namespace baton
