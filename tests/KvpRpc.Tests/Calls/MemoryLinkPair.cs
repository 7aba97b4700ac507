using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

/// <summary>Two ends of a link in memory: with credit, resets, half-close, and a medium that can hold what is on its
/// way or die with it.</summary>
internal sealed class MemoryLinkPair
{
    private static uint _lastId;

    private readonly Lock _lock = new();
    private readonly Queue<Action> _held = new();
    private bool _isHolding;

    internal MemoryLinkPair(int maxMessageBytes = 4 * 1024 * 1024, int windowBytes = 64 * 1024)
    {
        WindowBytes = windowBytes;
        Left = new MemoryLink(this, maxMessageBytes);
        Right = new MemoryLink(this, maxMessageBytes);
        Left.Remote = Right;
        Right.Remote = Left;
    }

    internal uint Id { get; } = Interlocked.Increment(ref _lastId);

    internal MemoryLink Left { get; }

    internal MemoryLink Right { get; }

    internal int WindowBytes { get; }

    /// <summary>From now on nothing arrives, in either direction.</summary>
    internal void Hold()
    {
        lock (_lock)
            _isHolding = true;
    }

    /// <summary>Lets arrive what was held, in order, and all that follows.</summary>
    internal void Release()
    {
        lock (_lock)
        {
            _isHolding = false;
            while (_held.TryDequeue(out Action? deliver))
                deliver();
        }
    }

    /// <summary>Ends the link on both sides; what is held is lost.</summary>
    internal void Kill(KvpLinkError error = KvpLinkError.LinkLost)
    {
        lock (_lock)
            _held.Clear();
        Left.End(error);
        Right.End(error);
    }

    internal void Post(Action deliver)
    {
        lock (_lock)
        {
            if (_isHolding)
                _held.Enqueue(deliver);
            else
                deliver();
        }
    }
}
