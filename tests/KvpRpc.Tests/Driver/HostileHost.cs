using System.Threading.Channels;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Sealing;
using KvpRpc.Transports;

namespace KvpRpc.Tests.Driver;

/// <summary>An engine of the host's side behind a guest's transport, which does what no driver does.</summary>
internal sealed class HostileHost : IDisposable
{
    private readonly NoiseLinkCrypto _crypto;
    private readonly LinkEngine _engine;
    private readonly Dictionary<string, string> _table = [];
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private readonly List<OwnItem> _batch = [];

    internal HostileHost(byte[]? preSharedKey = null)
    {
        _crypto = new(preSharedKey);
        _engine = new(
            new() { Role = PeerRole.Host, VmId = Guid.Empty, UsesPreSharedKey = preSharedKey is not null }, _crypto,
            default);
        Write();
    }

    /// <summary>Gets what is done when a link has just opened, before its first packet is written.</summary>
    internal Action<LinkEngine>? BeforeFirstPacket { get; set; }

    internal IReadOnlyDictionary<string, string> Table => _table;

    /// <summary>Gives a guest's transport on the tables, which shows nothing before the start.</summary>
    internal ScriptedTransport NewTransport(Task start) => new()
    {
        Read = async visitor =>
        {
            await start;
            lock (_table)
            {
                foreach ((string key, string value) in _table)
                    visitor.Visit(key, value);
            }
        },
        Write = batch =>
        {
            lock (_table)
                Take(batch.Select(item => (item.Key, item.Value.ToString())));
            foreach (KvpItemWrite item in batch)
                item.Outcome = KvpWriteOutcome.Landed;
            _changes.Writer.TryWrite(true);
            return default;
        },
        Wait = async () => await _changes.Reader.ReadAsync(),
    };

    /// <summary>Shows the guest's items twice, so that no oddity is passed over, and writes what there is.</summary>
    internal void Take(IEnumerable<(string Key, string Value)> items)
    {
        List<(string Key, string Value)> shown = [.. items];
        for (int i = 0; i < 2; i++)
        {
            _engine.BeginRead();
            foreach ((string key, string value) in shown)
                _engine.HandleItem(key, value, default);
            _engine.EndRead(default);
            while (_engine.TryGetEvent(out LinkEvent linkEvent))
            {
                if (linkEvent.Kind == LinkEventKind.Opened)
                    BeforeFirstPacket?.Invoke(_engine);
            }

            Write();
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _crypto.Dispose();
    }

    private void Write()
    {
        _batch.Clear();
        _engine.CollectWrites(_batch, 128, default);
        foreach (OwnItem item in _batch)
        {
            _table[item.Key] = item.Value.ToString();
            _engine.HandleWritten(item, WriteResult.Landed, default);
        }
    }
}
