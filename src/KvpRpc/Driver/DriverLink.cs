using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using KvpRpc.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Driver;

/// <summary>One open link as the application holds it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "End, which every link comes to, disposes of the source.")]
internal sealed class DriverLink : KvpLink
{
    private readonly LinkDriver _driver;
    private readonly int _maxStreams;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<DriverStream> _accepted =
        Channel.CreateUnbounded<DriverStream>(new() { SingleWriter = true });

    private volatile KvpLinkException? _endReason;

    internal DriverLink(LinkDriver driver, uint id, int maxMessageBytes, int maxStreams)
    {
        _driver = driver;
        Id = id;
        _maxStreams = maxStreams;
        MaxMessageBytes = maxMessageBytes;
        Ended = _ended.Token;
    }

    public override CancellationToken Ended { get; }

    public override KvpLinkException? EndReason => _endReason;

    public override int MaxMessageBytes { get; }

    internal uint Id { get; }

    /// <summary>Gets the streams that are open, for the loop alone.</summary>
    internal HashSet<DriverStream> Streams { get; } = [];

    public override KvpLinkStream OpenStream(string name, KvpStreamPriority priority)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > NameTable.MaxNameBytes)
            throw new ArgumentOutOfRangeException(nameof(name), "A stream's name has at most 255 bytes of UTF-8.");
        if (_endReason is { } reason)
            throw new KvpLinkException(reason.Error, reason.Message, certainlyNotDelivered: true);
        return new DriverStream(this, name, priority);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<KvpLinkStream?> AcceptStreamAsync(CancellationToken cancellationToken)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out DriverStream? stream))
                return stream;
        }

        return null;
    }

    internal void Post(in DriverCommand command) => _driver.Post(command);

    /// <summary>Gets how many streams of the peer wait to be accepted.</summary>
    internal int AwaitingAcceptCount => _accepted.Reader.Count;

    /// <summary>Hands over a stream that the peer has opened. The engine bounds how many of them are open; those that
    /// the peer has reset already make room here, or it could open and reset without end.</summary>
    internal void HandleAccepted(DriverStream stream)
    {
        if (AwaitingAcceptCount >= 2 * _maxStreams)
            DropFailed();
        _accepted.Writer.TryWrite(stream);
    }

    /// <summary>Ends the link with all its streams.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="mayHold">Says of a stream that it ends later, when its outcome is known.</param>
    internal void End(KvpLinkException reason, Predicate<DriverStream>? mayHold = null)
    {
        _endReason = reason;
        foreach (DriverStream stream in Streams)
        {
            if (mayHold is null || !mayHold(stream))
                stream.Fail(ReasonFor(stream));
        }

        Streams.Clear();
        _accepted.Writer.TryComplete();
        // The callbacks are the application's: they do not run on the driver's loop.
        _ = CancelAndDisposeAsync();
    }

    private void DropFailed()
    {
        for (int left = AwaitingAcceptCount; left > 0 && _accepted.Reader.TryRead(out DriverStream? stream); left--)
        {
            if (stream.HasFailed)
                stream.Discard();
            else
                _accepted.Writer.TryWrite(stream);
        }
    }

    private async Task CancelAndDisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    /// <summary>Gives the error for a stream of a link that has ended: what was never issued did not arrive (rule
    /// 11).</summary>
    internal KvpLinkException ReasonFor(DriverStream stream) =>
        new(_endReason!.Error, _endReason.Message, certainlyNotDelivered: stream.Engine?.Id is null);
}
