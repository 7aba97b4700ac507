using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KvpRpc;

/// <summary>The names under which traces and metrics of calls and links are found.</summary>
/// <remarks>
/// <para>Calls follow the semantic conventions of OpenTelemetry for RPC, version 1.45.0, where they became stable. With
/// the OpenTelemetry SDK: <c>tracing.AddSource(KvpTelemetry.SourceName)</c> and
/// <c>metrics.AddMeter(KvpTelemetry.MeterName)</c>. Where nobody listens, nothing is measured.</para>
/// <list type="table">
/// <listheader><term>instrument</term><description>kind, unit: what; its own tags</description></listheader>
/// <item><term><see cref="ClientCallDuration"/></term><description>histogram, s: calls that this side made; the tags of
/// calls, and <see cref="ServerAddress"/> on a host</description></item>
/// <item><term><see cref="ServerCallDuration"/></term><description>histogram, s: calls that this side ran; the tags of
/// calls</description></item>
/// <item><term><see cref="LinksOpen"/></term><description>up-down counter, {link}: links that are open
/// now</description></item>
/// <item><term><see cref="LinkResets"/></term><description>counter, {link}: open links that were lost, not closed by
/// either side; <see cref="ErrorType"/> is the reason</description></item>
/// <item><term><see cref="LinkWrites"/></term><description>counter, {write}: batches handed to the transport, which is
/// what costs</description></item>
/// <item><term><see cref="LinkItems"/></term><description>counter, {item}: items in these batches</description></item>
/// <item><term><see cref="LinkRewrites"/></term><description>counter, {item}: items of these that were written again
/// with the same text, since they did not land or were found missing</description></item>
/// <item><term><see cref="LinkReads"/></term><description>counter, {read}: reads of the peer's table, polls among them;
/// <see cref="ReadFoundNews"/></description></item>
/// <item><term><see cref="PacketFill"/></term><description>histogram, 1: share of a packet's room that its frames
/// take</description></item>
/// <item><term><see cref="AckDelay"/></term><description>histogram, s: from the sealing of a packet to its
/// acknowledgement; counted only while a stream is open, since a link at rest acknowledges nothing</description></item>
/// </list>
/// <para>The tags of calls: <see cref="RpcSystemName"/> (always <see cref="SystemName"/>), <see cref="RpcMethod"/>
/// (<c>service/method</c>; <c>_OTHER</c> for one that is not offered), <see cref="RpcStatusCode"/> (<c>OK</c>,
/// <c>DEADLINE_EXCEEDED</c> and so on, as in gRPC), <see cref="ErrorType"/> (the same, if it is an error). The tags of
/// links: <see cref="Channel"/>, <see cref="Side"/>, and where they are known <see cref="VirtualMachineId"/> and <see
/// cref="VirtualMachineName"/>. So there are as many series as methods, statuses, VMs and channels: nothing of them is
/// chosen by a peer.</para>
/// <para>Spans have the same tags as calls and the kinds client and server. A call that a handler makes is a child of
/// the handler's span, and this a child of the caller's on the other side of the link. A span of a server also names
/// the VM that calls; that of a method that is not offered has <see cref="RpcMethodOriginal"/>.</para>
/// </remarks>
public static class KvpTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/>.</summary>
    public const string SourceName = "KvpRpc";

    /// <summary>The name of the <see cref="Meter"/>.</summary>
    public const string MeterName = "KvpRpc";

    /// <summary>The version of OpenTelemetry's semantic conventions that the names of calls follow.</summary>
    public const string SchemaUrl = "https://opentelemetry.io/schemas/1.45.0";

    /// <summary>Seconds of calls that this side made: a histogram.</summary>
    public const string ClientCallDuration = "rpc.client.call.duration";

    /// <summary>Seconds of calls that this side ran: a histogram.</summary>
    public const string ServerCallDuration = "rpc.server.call.duration";

    /// <summary>Links that are open now: an up-down counter.</summary>
    public const string LinksOpen = "kvprpc.link.open";

    /// <summary>Links that were lost: a counter.</summary>
    public const string LinkResets = "kvprpc.link.resets";

    /// <summary>Batches handed to the transport: a counter.</summary>
    public const string LinkWrites = "kvprpc.link.writes";

    /// <summary>Items in the batches: a counter.</summary>
    public const string LinkItems = "kvprpc.link.items";

    /// <summary>Items written again with the same text: a counter.</summary>
    public const string LinkRewrites = "kvprpc.link.rewrites";

    /// <summary>Reads of the peer's table: a counter.</summary>
    public const string LinkReads = "kvprpc.link.reads";

    /// <summary>The share of a packet's room that is used, 0 to 1: a histogram.</summary>
    public const string PacketFill = "kvprpc.link.packet.fill";

    /// <summary>Seconds until a packet is acknowledged: a histogram.</summary>
    public const string AckDelay = "kvprpc.link.ack.delay";

    /// <summary>The tag with the RPC system: <see cref="SystemName"/>.</summary>
    public const string RpcSystemName = "rpc.system.name";

    /// <summary>The value of <see cref="RpcSystemName"/>.</summary>
    public const string SystemName = "kvprpc";

    /// <summary>The tag with the method, <c>service/method</c>.</summary>
    public const string RpcMethod = "rpc.method";

    /// <summary>The tag with the name under which a method was called that is not offered; of spans only.</summary>
    public const string RpcMethodOriginal = "rpc.method_original";

    /// <summary>The tag with the status with which a call ended.</summary>
    public const string RpcStatusCode = "rpc.status_code";

    /// <summary>The tag with what went wrong; absent where nothing did.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The tag with the VM that was called: its name, else its id. In a guest it is absent.</summary>
    public const string ServerAddress = "server.address";

    /// <summary>The tag with the channel of a link.</summary>
    public const string Channel = "kvprpc.channel";

    /// <summary>The tag that says which side of the link this is: <c>host</c> or <c>guest</c>.</summary>
    public const string Side = "kvprpc.side";

    /// <summary>The tag with the VM's id.</summary>
    public const string VirtualMachineId = "kvprpc.vm.id";

    /// <summary>The tag with the name that the VM had when it was opened.</summary>
    public const string VirtualMachineName = "kvprpc.vm.name";

    /// <summary>The tag of <see cref="LinkReads"/>: whether a read found anything new.</summary>
    public const string ReadFoundNews = "kvprpc.read.found_news";

    private static readonly string? Version = typeof(KvpTelemetry).Assembly.GetName().Version?.ToString(3);

    internal static ActivitySource Source { get; } =
        new(new ActivitySourceOptions(SourceName) { Version = Version, TelemetrySchemaUrl = SchemaUrl });

    internal static Meter Meter { get; } =
        new(new MeterOptions(MeterName) { Version = Version, TelemetrySchemaUrl = SchemaUrl });
}
