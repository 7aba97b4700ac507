namespace KvpRpc.Protocol.Streams;

/// <summary>Sets memory aside for messages larger than a stream's window, whole messages in the order in which they
/// came, so that many large messages at once cannot each hold a part and none complete.</summary>
internal sealed class ReceiveBudget(int capacity)
{
    private readonly List<(EngineStream Stream, int Bytes)> _waiting = [];
    private int _free = capacity;

    /// <summary>Gets how many bytes are not set aside.</summary>
    internal int Free => _free;

    internal int WaitingCount => _waiting.Count;

    /// <summary>Sets bytes aside for the message that the stream receives, at once or in its turn.</summary>
    internal bool TryReserve(EngineStream stream, int bytes)
    {
        if (_waiting.Count > 0 || bytes > _free)
        {
            _waiting.Add((stream, bytes));
            stream.AwaitsBudget = true;
            return false;
        }

        Take(stream, bytes);
        return true;
    }

    /// <summary>Takes a stream out of the line: its message is here, or nobody wants it any more.</summary>
    internal void Leave(EngineStream stream)
    {
        if (!stream.AwaitsBudget)
            return;
        stream.AwaitsBudget = false;
        _waiting.RemoveAll(entry => entry.Stream == stream);
    }

    /// <summary>Gives back memory that was set aside; the caller has taken it off the stream.</summary>
    internal void Release(int bytes) => _free += bytes;

    /// <summary>Gives the next stream in line its memory; null when there is none, or not enough.</summary>
    internal EngineStream? Serve()
    {
        if (_waiting.Count == 0 || _waiting[0].Bytes > _free)
            return null;
        (EngineStream stream, int bytes) = _waiting[0];
        _waiting.RemoveAt(0);
        Take(stream, bytes);
        return stream;
    }

    private void Take(EngineStream stream, int bytes)
    {
        _free -= bytes;
        stream.Reserved += bytes;
        stream.IsAssemblyReserved = true;
        stream.AwaitsBudget = false;
    }
}
