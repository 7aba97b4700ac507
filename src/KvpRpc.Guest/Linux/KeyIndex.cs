using System.Buffers;
using System.Numerics;

namespace KvpRpc.Guest.Linux;

/// <summary>Finds the record of a key in an image, and which of two records with the same key counts.</summary>
/// <remarks>A chained hash table over record numbers in one pooled array; it holds no key itself.</remarks>
internal ref struct KeyIndex
{
    private readonly PoolImage _image;
    private readonly int _buckets;
    private int[] _slots;

    /// <summary>Indexes all records that have a key.</summary>
    internal KeyIndex(PoolImage image)
    {
        _image = image;
        _buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(image.Count, 1));
        _slots = ArrayPool<int>.Shared.Rent(_buckets + image.Count);
        _slots.AsSpan(0, _buckets).Fill(-1);
        for (int record = 0; record < image.Count; record++)
        {
            if (!PoolRecord.Key(image[record]).IsEmpty)
                Add(record);
        }
    }

    /// <summary>Gets the record that counts for a key, or -1.</summary>
    internal readonly int Find(ReadOnlySpan<byte> key)
    {
        int record = _slots[Bucket(key)];
        while (record >= 0 && !PoolRecord.Key(_image[record]).SequenceEqual(key))
            record = _slots[_buckets + record];
        return record;
    }

    /// <summary>Gets whether a record is the one that counts for its key.</summary>
    internal readonly bool Counts(int record) => Find(PoolRecord.Key(_image[record])) == record;

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        int[] slots = _slots;
        _slots = [];
        if (slots.Length > 0)
            ArrayPool<int>.Shared.Return(slots);
    }

    /// <summary>Adds a record. Of several with one key the first with a value counts.</summary>
    private readonly void Add(int record)
    {
        ReadOnlySpan<byte> key = PoolRecord.Key(_image[record]);
        int bucket = Bucket(key);
        int earlier = Find(key);
        if (earlier < 0)
        {
            _slots[_buckets + record] = _slots[bucket];
            _slots[bucket] = record;
        }
        else if (PoolRecord.IsValueEmpty(_image[earlier]) && !PoolRecord.IsValueEmpty(_image[record]))
        {
            Replace(bucket, earlier, record);
        }
    }

    private readonly void Replace(int bucket, int earlier, int record)
    {
        _slots[_buckets + record] = _slots[_buckets + earlier];
        int link = bucket;
        while (_slots[link] != earlier)
            link = _buckets + _slots[link];
        _slots[link] = record;
    }

    private readonly int Bucket(ReadOnlySpan<byte> key)
    {
        HashCode hash = default;
        hash.AddBytes(key);
        return hash.ToHashCode() & (_buckets - 1);
    }
}
