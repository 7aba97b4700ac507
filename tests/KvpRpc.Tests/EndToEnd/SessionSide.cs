using System.Text.Json;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Tests.Vectors;
using KvpRpc.Sealing;
using KvpRpc.Transports;
using NSec.Cryptography;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>One side of the session of the vectors: an engine with given ids and keys on a transport, moved by
/// hand.</summary>
internal sealed class SessionSide : IAsyncDisposable
{
    private readonly IKvpTransport _transport;
    private readonly List<OwnItem> _batch = [];

    internal SessionSide(JsonElement session, PeerRole role, IKvpTransport transport)
    {
        _transport = transport;
        Queue<JsonElement> attempts = new(
            session.GetProperty(role == PeerRole.Host ? "host" : "guest").EnumerateArray());
        LinkOptions options = new()
        {
            Role = role,
            Channel = session.Text("channel"),
            VmId = session.GetProperty("vmId").GetGuid(),
            MaxValueUnits = transport.Limits.MaxValueUnits,
            Implementation = session.Text("implementation"),
        };
        Engine = new(options, new GivenCrypto(attempts), default);
    }

    internal LinkEngine Engine { get; }

    internal async Task ReadAsync()
    {
        TableVisitor visitor = new();
        await _transport.ReadPeerTableAsync(visitor, TestContext.Current.CancellationToken);
        Engine.BeginRead();
        foreach ((string key, string text) in visitor.Items)
            Engine.HandleItem(key, text, default);
        Engine.EndRead(default);
    }

    /// <summary>Writes what the engine wants written and gives the keys.</summary>
    internal async Task<List<string>> WriteAsync()
    {
        Engine.CollectWrites(_batch, max: 128, default);
        List<KvpItemWrite> writes =
            [.. _batch.Select(item => new KvpItemWrite(item.Key) { Value = item.Value, IsDelete = item.IsDelete })];
        if (writes.Count > 0)
            await _transport.WriteAsync(writes, TestContext.Current.CancellationToken);
        Assert.All(writes, write => Assert.Equal(KvpWriteOutcome.Landed, write.Outcome));
        foreach (OwnItem item in _batch)
            Engine.HandleWritten(item, WriteResult.Landed, default);
        _batch.Clear();
        return [.. writes.Select(write => write.Key)];
    }

    internal async Task<string> ReadOwnAsync(string key)
    {
        TableVisitor visitor = new();
        await _transport.ReadOwnTableAsync(visitor, TestContext.Current.CancellationToken);
        return visitor.Items.Single(item => item.Key == key).Text;
    }

    /// <summary>Takes the next message that has arrived.</summary>
    internal LinkEvent TakeMessage()
    {
        while (Engine.TryGetEvent(out LinkEvent next))
        {
            if (next.Kind == LinkEventKind.Message)
                return next;
        }

        throw new InvalidOperationException("No message has arrived.");
    }

    public ValueTask DisposeAsync()
    {
        Engine.Dispose();
        return _transport.DisposeAsync();
    }

    /// <summary>Draws nothing: gives the attempts of the vector, one after the other.</summary>
    private sealed class GivenCrypto(Queue<JsonElement> attempts) : ILinkCrypto
    {
        public IHandshakeAttempt BeginAttempt()
        {
            JsonElement attempt = attempts.Dequeue();
            return new NoiseHandshakeAttempt(
                attempt.Bytes("attemptId"),
                Key.Import(
                    KeyAgreementAlgorithm.X25519, attempt.Bytes("privateKey"), KeyBlobFormat.RawPrivateKey),
                preSharedKey: default);
        }
    }

    private sealed class TableVisitor : IKvpItemVisitor
    {
        internal List<(string Key, string Text)> Items { get; } = [];

        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) =>
            Items.Add((key.ToString(), value.ToString()));
    }
}
