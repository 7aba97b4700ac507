using KvpRpc.Conformance;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>A pool file in memory, whose writer dies after a given number of bytes and lengths were written.</summary>
internal sealed class MemoryPool(byte[] bytes, int lifetime = int.MaxValue)
{
    private int _left = lifetime;

    internal byte[] Bytes { get; private set; } = bytes;

    /// <summary>Does a step, or the part of it that the writer lives for.</summary>
    internal int Apply(PoolStep step, ReadOnlySpan<byte> record)
    {
        int position = (int)step.Position;
        if (step.Kind == PoolStepKind.SetLength)
        {
            if (_left-- == 0)
                throw new EndOfStreamException();
            byte[] resized = Bytes;
            Array.Resize(ref resized, position);
            Bytes = resized;
            return 0;
        }

        ReadOnlySpan<byte> written = step.Kind == PoolStepKind.Clear ? [0] : record.Slice(step.Start, step.Length);
        int count = Math.Min(written.Length, _left);
        written[..count].CopyTo(Bytes.AsSpan(position));
        _left -= count;
        return count == written.Length ? 0 : throw new EndOfStreamException();
    }

    /// <summary>Writes a batch as a process that has just started.</summary>
    /// <returns>Whether it lived to the end.</returns>
    internal bool Write(OwnKeys keys, params KvpItemWrite[] batch)
    {
        PoolWriter writer = new(keys, "pool");
        writer.Check(batch);
        using PoolImage image = PoolImage.Of(Bytes, batch.Length);
        try
        {
            writer.Write(image, batch, heal: true, Apply);
            return true;
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }

    internal IReadOnlyDictionary<string, string> Read(OwnKeys keys)
    {
        using PoolImage image = PoolImage.Of(Bytes);
        ItemCollector items = new();
        PoolReader.Visit(image, keys.FreePrefix, items);
        Assert.Empty(items.RepeatedKeys);
        return items.Items;
    }
}
