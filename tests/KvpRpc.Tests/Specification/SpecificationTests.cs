using System.Globalization;
using System.Numerics;
using KvpRpc.Calls;
using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Wire;
using KvpRpc.Resilience;
using KvpRpc.Sealing;
using static KvpRpc.Tests.Specification.SpecificationTables;

namespace KvpRpc.Tests.Specification;

/// <summary>The numbers of the specification are those of the code: every row of its tables of limits, times and
/// codes.</summary>
public sealed class SpecificationTests
{
    private static readonly LinkOptions Link = new() { Role = PeerRole.Guest };
    private static readonly KvpLinkOptions Settable = new();
    private static readonly RpcPeerOptions Peer = new();
    private static readonly RpcDedupeOptions Kept = new();

    // What the text has beside the number, so that a row that is worded anew is read anew. Rows of null are bounds
    // that other tests hold: they are no constant.
    private static readonly Dictionary<string, string?> Limits = new()
    {
        ["name of a channel"] = $"1 to {Constant(typeof(LinkOptions), "MaxChannelLength")} of `a-z 0-9 -`",
        ["items of a channel and side"] = $"{OwnItems.MaxItems}: numbers 0 to {OwnItems.MaxItems - 1}",
        ["window"] = $"1 to 64 slots, the writer's own; here {Settable.MaxSlots}",
        ["text of an item"] = $"{Link.MaxValueUnits} units from a guest, {ProbeText.MaxUnits} from a host",
        ["bytes of an item"] = null,
        ["hello"] = $"{HelloCodec.MaxBytes} bytes; {Base64Alphabet.Instance.UnitsFor(HelloCodec.MaxBytes)} units of "
            + "text and the mark",
        ["varint"] = $"2^{Log2(VarInt.Max + 1)} - 1, {VarInt.MaxBytes} bytes",
        ["numbers of packets and control parts, nudges"] = $"below 2^{Log2(ItemLayout.NumberLimit)}",
        ["tags kept for acks"] = $"the last {Constant(typeof(PacketSender), "TagHistory")} packets",
        ["sealed frames of a packet"] = null,
        ["room for a control part in item 0"] = $"{ItemLayout.MaxControlBytes} bytes",
        ["epoch"] = $"{1 << KeySchedule.EpochShift} numbers; {KeySchedule.EpochsAheadMax} epochs ahead",
        ["name of a stream"] = $"1 to {StreamFrame.MaxNameBytes} bytes of UTF-8",
        ["names told by number"] = $"{StreamFrame.MaxNames} in each direction",
        ["message"] = $"the receiver's hello, field 1; here {Settable.MaxMessageBytes >> 20} MiB, settable from 1 KiB "
            + "to 64 MiB",
        ["credit of a new stream"] = $"the receiver's hello, field 2; here {Link.StreamWindow >> 10} KiB",
        ["streams open at once"] = $"the receiver's hello, field 3; here {Settable.MaxStreams}",
        ["memory for messages larger than half a window"] =
            $"the receiver's own; here {Link.ReceiveBudget >> 20} MiB a link",
        ["text of a close frame"] = $"{LinkClose.MaxTextBytes} bytes",
        ["probes"] = "one at a time, each alphabet once a link; "
            + $"{Constant(typeof(AlphabetProofs), "MaxReports")} reports a link",
        ["fields of a call message"] = $"{Grouped(CallMessage.MaxFieldBytes)} bytes",
        ["status message"] = $"{ResponseHeader.MaxStatusMessageBytes} bytes",
        ["idempotency id"] = $"1 to {CallHeader.MaxIdempotencyIdBytes} bytes",
        ["trace state"] = $"1 to {CallHeader.MaxTraceStateBytes} bytes",
        ["key of metadata"] = $"1 to {MetadataReader.MaxKeyBytes} characters",
        ["deadline, retry after"] = $"below 2^{Log2(CallHeader.MaxDeadlineMilliseconds + 1UL)} ms",
        ["answers kept of calls"] = $"the callee's own; here {Kept.MaxAnswers}, with {Grouped(Kept.MaxBytes)} bytes "
            + $"in all, for {Kept.KeepFor.TotalSeconds} s",
        ["calls of one peer at once"] = $"the callee's own; here {Peer.MaxConcurrentCalls}",
        ["items of a call in one message, if there are several"] = $"{Grouped(ItemSender.BatchBytes)} bytes",
        ["credit of one of several streams among the arguments"] =
            $"{Grouped(OutboundArguments.WindowBytes)} bytes at first",
        ["parameters that take reports"] = $"{CallHeader.MaxProgressArguments}",
        ["metadata of a message"] = $"the side's own; here {Grouped(Peer.MaxMetadataBytes)} bytes",
        ["payload that is compressed"] = $"from {MessageCompression.MinPayloadBytes} bytes here",
        ["depth of a value"] = $"{RpcReading.DepthMax} levels here",
    };

    private static readonly Dictionary<string, string?> Times = new()
    {
        ["silence before a nudge"] = $"host {Link.KeepaliveAfter.TotalSeconds} s, guest "
            + $"{Link.KeepaliveAfter.TotalSeconds * 1.5} s: they should differ",
        ["answer to a nudge"] = $"{Link.LostAfter.TotalSeconds} s",
        ["a packet missing below a later one"] = $"{Link.GapAfter.TotalSeconds} s",
        ["a packet that does not open"] = $"{Link.BadItemAfter.TotalSeconds} s",
        ["a write that may still land"] = $"{Link.DoubtAfter.TotalSeconds} s",
        ["audit"] = $"after {Link.AuditAfter.TotalSeconds} s, doubling to {Link.MaxAuditAfter.TotalSeconds} s",
        ["rest before what a burst has left is cleared away"] = $"host {Link.TidyAfter.TotalSeconds} s, guest "
            + $"{Link.TidyAfter.TotalSeconds * 1.5} s",
        ["a guest's slot before it is deleted beside a write"] = null,
        ["a full table is taken for full"] = null,
        ["no answer to a hello, before a new one"] = $"{Link.RedrawAfter.TotalSeconds} s, doubling to 10 min",
        ["after links that break"] = null,
    };

    [Fact]
    public void Every_limit_of_the_text_is_that_of_the_code() => AssertRows(Rows("limits.md", "## Limits"), Limits);

    [Fact]
    public void Every_time_of_the_text_is_that_of_the_code() => AssertRows(Rows("limits.md", "## Times"), Times);

    [Fact]
    public void Codes_that_are_named_alike_in_text_and_code_are_the_same()
    {
        Assert.Equal(Members<CallField>(), Codes("Call fields"));
        Assert.Equal(Members<PeerRole>(), Codes("Roles"));
        Assert.Equal(
            Enum.GetValues<SealKind>().Select(kind => (int)kind), Codes("Kinds of seal").Keys);
        Assert.Equal(Alphabet.All.Select(alphabet => alphabet.Number), Codes("Alphabets").Keys);
        Assert.Equal(
            Enum.GetValues<KvpStreamPriority>().ToDictionary(one => (int)one, one => Words(one.ToString())),
            Codes("Stream priorities"));
        Assert.Equal(
            Enum.GetValues<StatusCode>().ToDictionary(code => (int)code, code => code.ToString()),
            Codes("Status codes").ToDictionary(code => code.Key, code => code.Value == "OK" ? "Ok" : code.Value));
        Assert.Equal(
            Enum.GetValues<CallMessageKind>().ToDictionary(kind => (int)kind, kind => kind.ToString()),
            Codes("Kinds of call message").ToDictionary(code => code.Key, code => code.Value.Split(';')[0]));
    }

    [Fact]
    public void Codes_that_the_text_describes_are_as_many_and_have_the_same_numbers()
    {
        Assert.Equal(Enum.GetValues<CallResetCode>().Select(code => (int)code), Codes("Reset codes").Keys);
        Dictionary<int, string> frames = Codes("Frame types", 16);
        Assert.Equal(
            new Dictionary<int, string>
            {
                [(int)FrameType.Reset] = "reset",
                [(int)FrameType.StreamCredit] = "stream credit",
                [(int)FrameType.OpenCredit] = "open credit",
                [(int)FrameType.Close] = "close",
                [(int)FrameType.AlphabetReport] = "alphabet report",
                [(int)FrameType.Stream] = $"to {(int)FrameType.StreamLast:X2} stream, with flags "
                    + $"{(int)StreamFlags.Open} OPEN, {(int)StreamFlags.EndOfMessage} END OF MESSAGE, "
                    + $"{(int)StreamFlags.EndOfStream} END OF STREAM, {(int)StreamFlags.FirstPart} FIRST",
            },
            frames);
        Assert.Equal(
            new Dictionary<int, string>
            {
                [ItemLayout.HasControl] = "control part",
                [ItemLayout.HasPacket] = "packet",
                [ItemLayout.HasControl | ItemLayout.HasPacket] = "both",
            },
            Codes("Item flags").ToDictionary(code => code.Key, code => code.Value.Split('.')[0]));
        Assert.Equal(8, Codes("Hello fields").Count);
    }

    [Fact]
    public void The_tables_of_calls_have_the_kinds_and_fields_of_the_code()
    {
        Assert.Equal(
            Enum.GetValues<CallMessageKind>().Select(kind => $"{(int)kind} {kind}"),
            Rows("calls.md", "## 3. A message").Select(row => $"{row[0]} {row[1]}"));
        Assert.Equal(
            Members<CallField>().Select(field => $"{field.Key} {field.Value}"),
            Rows("calls.md", "## 4. Fields").Select(row => $"{row[0]} {row[1]}"));
        Assert.Equal(
            Enum.GetValues<CallResetCode>().Select(code => $"{(int)code}"),
            Rows("calls.md", "## 6. Resets").Select(row => row[0]));
    }

    [Fact]
    public void The_types_of_frames_in_streams_are_those_of_the_code() => Assert.Equal(
        Enum.GetValues<FrameType>().Where(type => type != FrameType.StreamLast)
            .Select(type => type == FrameType.Stream ? "10 to 1F" : $"{(int)type:X2}"),
        Rows("streams.md", "## 1. Frames").Select(row => row[0]));

    private static void AssertRows(List<string[]> rows, Dictionary<string, string?> expected)
    {
        Assert.Equal(expected.Keys, rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.Equal(expected[row[0]] ?? row[1], row[1]));
    }

    private static string Grouped(long value) =>
        value > 9999 || value == Peer.MaxMetadataBytes
            ? value.ToString("N0", CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);

    private static int Log2(ulong value) => BitOperations.Log2(value);
}
