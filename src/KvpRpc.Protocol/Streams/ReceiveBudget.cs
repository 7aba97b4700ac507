namespace KvpRpc.Protocol.Streams;

/// <summary>Sets memory aside for messages larger than a stream's window, whole messages in the order in which they came,
/// so that many large messages at once cannot each hold a part and none complete.</summary>
internal sealed class ReceiveBudget(int capacity)
{
    private readonly Queue<(EngineStream Stream, int Bytes)> _waiting = new();
    private int _free = capacity;

    /// <summary>Sets bytes aside for the message that the stream receives, at once or in its turn.</summary>
    internal bool TryReserve(EngineStream stream, int bytes)
    {
        if (_waiting.Count > 0 || bytes > _free)
        {
            _waiting.Enqueue((stream, bytes));
            stream.AwaitsBudget = true;
            return false;
        }

        Take(stream, bytes);
        return true;
    }

    /// <summary>Gives back memory that was set aside; the caller has taken it off the stream.</summary>
    internal void Release(int bytes) => _free += bytes;

    /// <summary>Gives the next stream in line its memory, if there is enough now.</summary>
    internal bool TryServe(out EngineStream? stream, out int bytes)
    {
        while (_waiting.TryPeek(out (EngineStream Stream, int Bytes) next))
        {
            if (next.Stream.AwaitsBudget && next.Bytes > _free)
                break;
            _waiting.Dequeue();
            if (!next.Stream.AwaitsBudget)
                continue;
            (stream, bytes) = next;
            Take(stream, bytes);
            return true;
        }

        stream = null;
        bytes = 0;
        return false;
    }

    private void Take(EngineStream stream, int bytes)
    {
        _free -= bytes;
        stream.Reserved += bytes;
        stream.AwaitsBudget = false;
    }
}
