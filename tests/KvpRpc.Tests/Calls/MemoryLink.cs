using System.Threading.Channels;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

internal sealed class MemoryLink(MemoryLinkPair pair, int maxMessageBytes) : KvpLink
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<MemoryLinkStream> _accepted = Channel.CreateUnbounded<MemoryLinkStream>();
    private readonly List<MemoryLinkStream> _streams = [];
    private readonly Lock _lock = new();
    private KvpLinkException? _endReason;

    internal MemoryLink Remote { get; set; } = null!;

    public override CancellationToken Ended => _ended.Token;

    public override KvpLinkException? EndReason => _endReason;

    public override int MaxMessageBytes => maxMessageBytes;

    /// <summary>Gets how many streams were opened on this side.</summary>
    internal int OpenedStreams { get; private set; }

    /// <summary>Gets or sets what the disposal of a stream of this side waits for.</summary>
    internal Task Clearing { get; set; } = Task.CompletedTask;

    /// <summary>Gets how many streams of this side are still in use.</summary>
    internal int LiveStreams
    {
        get
        {
            lock (_lock)
                return _streams.Count;
        }
    }

    public override KvpLinkStream OpenStream(string name, KvpStreamPriority priority)
    {
        lock (_lock)
        {
            if (_endReason is not null)
                throw new KvpLinkException(_endReason.Error, "The link has ended.", certainlyNotDelivered: true);
            ulong number = (2 * (ulong)OpenedStreams) + (this == pair.Left ? 0u : 1u);
            KvpStreamId id = new(pair.Id, number);
            MemoryLinkStream stream = new(this, pair, name, priority, id);
            stream.Remote = new MemoryLinkStream(Remote, pair, name, priority, id) { Remote = stream };
            _streams.Add(stream);
            OpenedStreams++;
            return stream;
        }
    }

    public override async ValueTask<KvpLinkStream?> AcceptStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    internal void HandleOpened(MemoryLinkStream stream)
    {
        lock (_lock)
        {
            if (_endReason is not null)
                return;
            _streams.Add(stream);
            _accepted.Writer.TryWrite(stream);
        }
    }

    internal void Remove(MemoryLinkStream stream)
    {
        lock (_lock)
            _streams.Remove(stream);
    }

    internal void End(KvpLinkError error)
    {
        MemoryLinkStream[] streams;
        lock (_lock)
        {
            if (_endReason is not null)
                return;
            _endReason = new KvpLinkException(error, "The test ended the link.");
            streams = [.. _streams];
            _accepted.Writer.TryComplete();
        }

        foreach (MemoryLinkStream stream in streams)
            stream.HandleLinkEnd(error);
        _ = _ended.CancelAsync();
    }
}
