// What a flood of connections may cost: places, time, and connections in a while.
#include <sys/stat.h>

#include <memory>
#include <vector>

#include "unit/control/socket_support.h"

namespace memgov::control {
namespace {

std::vector<std::unique_ptr<Connection>> Connect(const std::string& path, int count) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (int index = 0; index < count; ++index) connections.push_back(std::make_unique<Connection>(path));
  return connections;
}

int Closed(const std::vector<std::unique_ptr<Connection>>& connections) {
  int closed = 0;
  for (const auto& connection : connections) closed += connection->Hear() == "closed";
  return closed;
}

TEST_F(ControlSocketTest, WhoSaysNothingIsDroppedAfterASecond) {
  const auto silent = Connect(folder_.Socket(), 1);
  ServeAt(socket_, kStart);
  EXPECT_EQ(ServeAt(socket_, kStart + 999 * kMillisecond), kMillisecond);
  EXPECT_EQ(Closed(silent), 0);
  EXPECT_EQ(ServeAt(socket_, kStart + 1000 * kMillisecond), UINT64_MAX);
  EXPECT_EQ(Closed(silent), 1);
}

TEST_F(ControlSocketTest, SilentOnesMakeRoomEarlyWhenAllPlacesAreTaken) {
  const auto silent = Connect(folder_.Socket(), ControlSocket::kMostClients);
  EXPECT_EQ(ServeAt(socket_, kStart), ControlSocket::kCrowdedPatienceNs);
  Connection late(folder_.Socket());
  EXPECT_TRUE(late.Say("set a"));
  pollfd polled[ControlSocket::kMostDescriptors];
  EXPECT_EQ(socket_.Descriptors(polled), ControlSocket::kMostClients) << "the listener is not asked";
  ServeAt(socket_, kStart + 50 * kMillisecond);
  EXPECT_EQ(late.Hear(), "");
  ServeAt(socket_, kStart + 100 * kMillisecond);
  EXPECT_EQ(Closed(silent), ControlSocket::kMostClients);
  ServeAt(socket_, kStart + 110 * kMillisecond);
  EXPECT_EQ(late.Hear(), "ok a");
}

TEST_F(ControlSocketTest, SoManyAreTakenInAWhile) {
  int answered = 0;
  // More than the queue holds, so in turns; each turn at the same moment.
  for (int turn = 0; turn < 2 * ControlSocket::kMostAccepts; ++turn) {
    Connection connection(folder_.Socket());
    if (connection.Say("set a")) ServeAt(socket_, kStart);
    answered += connection.Hear() == "ok a";
  }
  EXPECT_EQ(answered, ControlSocket::kMostAccepts);
  EXPECT_EQ(ServeAt(socket_, kStart + 30 * kMillisecond), 70 * kMillisecond);
  pollfd polled[ControlSocket::kMostDescriptors];
  EXPECT_EQ(socket_.Descriptors(polled), 0);
  // Those who went away meanwhile are in the queue before it.
  for (int window = 1; window <= 3; ++window) ServeAt(socket_, kStart + window * ControlSocket::kWindowNs);
  for (int window = 4; window <= 6; ++window) ServeAt(socket_, kStart + window * ControlSocket::kWindowNs);
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say("set b"));
  ServeAt(socket_, kStart + 7 * ControlSocket::kWindowNs);
  EXPECT_EQ(connection.Hear(), "ok b");
}

TEST_F(ControlSocketTest, AThousandConnections) {
  std::vector<std::unique_ptr<Connection>> connections = Connect(folder_.Socket(), 1000);
  int waiting = 0;
  for (const auto& connection : connections) waiting += connection->connected();
  EXPECT_LE(waiting, 16) << "the rest finds the queue full";
  for (uint64_t step = 0; step < 10; ++step) ServeAt(socket_, kStart + step * 100 * kMillisecond);
  connections.clear();
  ServeAt(socket_, kStart + 1100 * kMillisecond);
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say("set a"));
  for (uint64_t step = 0; step < 3; ++step) ServeAt(socket_, kStart + (12 + step) * 100 * kMillisecond);
  EXPECT_EQ(connection.Hear(), "ok a");
}

}  // namespace
}  // namespace memgov::control
