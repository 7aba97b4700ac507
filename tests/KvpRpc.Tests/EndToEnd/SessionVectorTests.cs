using System.Text.Json;
using KvpRpc.Calls;
using KvpRpc.Emulator;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Tests.Vectors;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>The session that <c>protocol/example.md</c> explains, on the emulator's tables, with the ids and keys of
/// <c>protocol/vectors/session.json</c>: what the texts say is what both engines write.</summary>
public sealed class SessionVectorTests
{
    [Fact]
    public async Task Both_tables_hold_after_every_write_what_the_vector_says()
    {
        foreach ((_, JsonElement session) in VectorFile.Roots("session.json"))
        {
            await using EmulatedHyperV hyperV = new();
            EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("web-01", EmulatedGuestKind.Linux);
            await machine.StartAsync(TestContext.Current.CancellationToken);
            await using SessionSide host = new(
                session, PeerRole.Host, machine.OpenHostTransport("kvprpc.default."));
            await using SessionSide guest = new(
                session, PeerRole.Guest, machine.OpenGuestTransport("kvprpc.default."));
            await PlayAsync(session, host, guest);
        }
    }

    private static async Task PlayAsync(JsonElement session, SessionSide host, SessionSide guest)
    {
        Queue<JsonElement> expected = new(session.GetProperty("writes").EnumerateArray());
        await AssertWritesAsync(guest, "guest", expected);
        await AssertWritesAsync(host, "host", expected);
        await guest.ReadAsync();
        await AssertWritesAsync(guest, "guest", expected);
        await host.ReadAsync();
        await AssertWritesAsync(host, "host", expected);
        await guest.ReadAsync();
        Assert.Equal(LinkState.Open, guest.Engine.State);
        await AssertWritesAsync(guest, "guest", expected);
        await host.ReadAsync();
        Assert.Equal(LinkState.Open, host.Engine.State);

        Call(host, "UTC", deadline: 30_000);
        await AssertWritesAsync(host, "host", expected);
        await guest.ReadAsync();
        Answer(guest, "UTC", new ResponseHeader(), CallMessageKind.Result, [0xA5, .. "12:00"u8]);
        await AssertWritesAsync(guest, "guest", expected);
        await host.ReadAsync();

        Call(host, "CET", deadline: null);
        await AssertWritesAsync(host, "host", expected);
        await guest.ReadAsync();
        ResponseHeader refusal = new() { Status = (uint)StatusCode.NotFound, StatusMessage = "No such zone."u8 };
        Answer(guest, "CET", refusal, CallMessageKind.Trailers, []);
        await AssertWritesAsync(guest, "guest", expected);
        await host.ReadAsync();
        Assert.Empty(expected);
        Assert.Equal(0, host.Engine.Streams!.ActiveCount + guest.Engine.Streams!.ActiveCount);
        Assert.Empty(await host.WriteAsync());
        Assert.Empty(await guest.WriteAsync());
    }

    private static async Task AssertWritesAsync(SessionSide side, string by, Queue<JsonElement> expected)
    {
        JsonElement write = expected.Dequeue();
        Assert.Equal(by, write.Text("by"));
        Assert.Equal([write.Text("key")], await side.WriteAsync());
        Assert.Equal(write.Text("text"), await side.ReadOwnAsync(write.Text("key")));
    }

    private static void Call(SessionSide host, string zone, uint? deadline)
    {
        PooledBuffer buffer = new();
        new CallHeader { DeadlineMilliseconds = deadline }.Write(buffer);
        EngineStream stream = host.Engine.OpenStream("demo.Clock/Now", priority: 0, owner: null)!;
        Assert.True(host.Engine.Send(stream, (byte[])[.. buffer.WrittenMemory.Span, .. Arguments(zone)], true));
    }

    private static void Answer(
        SessionSide guest, string zone, ResponseHeader header, CallMessageKind kind, byte[] payload)
    {
        LinkEvent request = guest.TakeMessage();
        Assert.Equal("demo.Clock/Now", request.Stream!.Name);
        Assert.True(CallMessage.TryRead(request.Buffer.AsSpan(0, request.Length), out CallMessage call));
        Assert.Equal(CallMessageKind.Call, call.Kind);
        Assert.Equal(Arguments(zone), request.Buffer.AsSpan(call.PayloadStart..request.Length));
        guest.Engine.Consume(request.Stream, request.Length);
        PooledBuffer buffer = new();
        header.Write(buffer, kind);
        Assert.True(guest.Engine.Send(request.Stream, (byte[])[.. buffer.WrittenMemory.Span, .. payload], true));
    }

    // An array of one, a text of three bytes.
    private static byte[] Arguments(string zone) => [0x91, 0xA3, .. System.Text.Encoding.ASCII.GetBytes(zone)];
}
