#include "governor/telemetry/classes.h"

#include "governor/base/message.h"
#include "governor/budget/pool_budgets.h"
#include "governor/pools/pool_table.h"
#include "governor/telemetry/quote.h"

namespace memgov {
namespace {

using Line = TextBuffer<512>;

void Member(const char* name, uint64_t value, TextWriter& out) {
  out.Text(",\"").Text(name).Text("\":").Number(value);
}

void WriteClass(const EngineClass& size_class, bool first, TextSink& out) {
  Line line;
  line.Text(first ? "{" : ",{").Text("\"block_bytes\":").Number(size_class.block_bytes);
  Member("slabs", size_class.slabs, line);
  Member("live_blocks", size_class.used_blocks, line);
  Member("free_blocks", size_class.free_blocks, line);
  Member("waste_bytes", size_class.waste_bytes, line);
  line.Text("}");
  out.Append(line);
}

void WritePool(const char* name, const EnginePoolBytes& bytes, bool first, TextSink& out) {
  Line line;
  line.Text(first ? "{" : ",{").Text("\"pool\":");
  WriteJsonString(name, line);
  Member("live_bytes", bytes.live_bytes, line);
  Member("held_bytes", bytes.held_bytes, line);
  Member("cached_bytes", bytes.cached_bytes, line);
  line.Text("}");
  out.Append(line);
}

void WriteText(const char* text, TextSink& out) {
  Line line;
  line.Text(text);
  out.Append(line);
}

}  // namespace

void WriteClasses(EngineControl& engine, TextSink& out) {
  WriteText("{\"classes\":[", out);
  bool first = true;
  EngineClass size_class;
  for (uint32_t index = 0; engine.DescribeClass(index, &size_class); ++index) {
    if (size_class.slabs == 0) continue;
    WriteClass(size_class, first, out);
    first = false;
  }
  WriteText("],\"pools\":[", out);
  first = true;
  EnginePoolBytes bytes;
  for (int id = 0; id < pools::Count(); ++id) {
    bytes = {};
    if (!engine.PoolBytes(static_cast<uint32_t>(id), &bytes)) continue;
    if (!bytes.counts_live) bytes.live_bytes = pool_budgets::LiveBytes(engine, static_cast<PoolId>(id));
    WritePool(pools::Get(static_cast<PoolId>(id)).name, bytes, first, out);
    first = false;
  }
  WriteText("]}", out);
}

}  // namespace memgov
