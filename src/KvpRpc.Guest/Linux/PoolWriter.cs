using System.Globalization;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Linux;

/// <summary>Writes a batch into the own table: only own records, in place, each by the order of <see
/// cref="PoolPlan"/>.</summary>
/// <remarks>
/// It works on an image taken under the write lock and does every step to the file and to the image, so it never relies
/// on where a record was the last time: others may have truncated the file since.
/// </remarks>
internal sealed class PoolWriter
{
    private readonly OwnKeys _keys;
    private readonly string _path;
    private readonly byte[] _record = new byte[PoolRecord.Size];
    private readonly byte[] _free = new byte[PoolRecord.Size];

    internal PoolWriter(OwnKeys keys, string path)
    {
        _keys = keys;
        _path = path;
    }

    /// <summary>Does one step to the file.</summary>
    /// <returns>0, or the error number.</returns>
    internal delegate int Apply(PoolStep step, ReadOnlySpan<byte> record);

    /// <summary>Refuses what no record can hold.</summary>
    /// <returns>How many items are left to write.</returns>
    internal int Check(IReadOnlyList<KvpItemWrite> batch)
    {
        int left = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            KvpItemWrite item = batch[i];
            if (!item.Key.StartsWith(_keys.Prefix, StringComparison.Ordinal))
                throw new ArgumentException($"The key {item.Key} does not start with {_keys.Prefix}.", nameof(batch));

            ReadOnlySpan<char> value = item.IsDelete ? [] : item.Value.Span;
            item.Error = _keys.IsReserved(item.Key)
                ? $"Keys that start with {_keys.Prefix}~ are those of free records."
                : PoolEncoder.TryEncode(item.Key, value, _record);
            item.Outcome = item.Error is null ? KvpWriteOutcome.InDoubt : KvpWriteOutcome.Refused;
            left += item.Error is null ? 1 : 0;
        }

        return left;
    }

    /// <summary>Writes what <see cref="Check"/> did not refuse, and sets the outcomes.</summary>
    /// <param name="image">The file under its write lock; with room for one more record per item.</param>
    /// <param name="batch">The items.</param>
    /// <param name="heal">Whether to look for own records that a dead writer or others have damaged.</param>
    /// <param name="apply">Writes.</param>
    internal void Write(PoolImage image, IReadOnlyList<KvpItemWrite> batch, bool heal, Apply apply)
    {
        // What somebody died appending. The next one to append would start in the middle of a record.
        if (image.TailLength > 0)
            _ = Do(new PoolStep(PoolStepKind.SetLength, (long)image.Count * PoolRecord.Size, 0, 0), image, [], apply);

        using KeyIndex index = new(image);
        bool freed = heal && Heal(image, index, apply);
        int nextFree = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            KvpItemWrite item = batch[i];
            if (item.Outcome == KvpWriteOutcome.Refused)
                continue;

            _ = PoolEncoder.TryEncode(item.Key, item.IsDelete ? [] : item.Value.Span, _record);
            int place = index.Find(PoolRecord.Key(_record));
            int error = 0;
            if (item.IsDelete)
            {
                error = place < 0 ? 0 : Free(place, image, apply);
                freed |= place >= 0;
            }
            else
            {
                if (place < 0)
                    place = FindFree(image, ref nextFree);
                if (place >= PoolImage.MaxRecords)
                    item.Error = TooManyRecords();
                else
                    error = Replace(place, _record, image, apply);
            }

            if (error != 0)
                item.Error = PoolErrors.Writing(error, _path);
            item.Outcome = item.Error is null ? KvpWriteOutcome.Landed : KvpWriteOutcome.Refused;
        }

        if (freed)
            TrimEnd(image, apply);
    }

    private bool Heal(PoolImage image, in KeyIndex index, Apply apply)
    {
        // Second records of a key first: a damaged one that hides them must not go before them, or what they hold would
        // come back if this writer died in between.
        bool freed = false;
        for (int place = 0; place < image.Count; place++)
        {
            if (_keys.IsOwn(image[place]) && !index.Counts(place))
                freed |= Free(place, image, apply) == 0;
        }

        for (int place = 0; place < image.Count; place++)
        {
            if (_keys.IsOwn(image[place]) && PoolRecord.Inspect(image[place]) != PoolRecordFault.None)
                freed |= Free(place, image, apply) == 0;
        }

        return freed;
    }

    private int FindFree(PoolImage image, ref int next)
    {
        while (next < image.Count && !_keys.IsFree(image[next]))
            next++;
        return next;
    }

    private int Free(int place, PoolImage image, Apply apply)
    {
        _keys.MakeFree(place, _free);
        return Replace(place, _free, image, apply);
    }

    private static int Replace(int place, ReadOnlySpan<byte> record, PoolImage image, Apply apply)
    {
        Span<PoolStep> steps = stackalloc PoolStep[PoolPlan.MaxSteps];
        bool isNew = place == image.Count;
        long position = (long)place * PoolRecord.Size;
        int count = PoolPlan.Replace(position, isNew ? [] : image[place], record, steps);
        foreach (PoolStep step in steps[..count])
        {
            int error = Do(step, image, record, apply);
            if (error == 0)
                continue;

            // The room of a new record is given back; an old one stays without a value.
            if (isNew && image.Count > place)
                _ = Do(new PoolStep(PoolStepKind.SetLength, position, 0, 0), image, [], apply);
            return error;
        }

        return 0;
    }

    /// <summary>Shortens the file by the free records at its end.</summary>
    private void TrimEnd(PoolImage image, Apply apply)
    {
        int count = image.Count;
        while (count > 0 && _keys.IsFree(image[count - 1]))
            count--;
        if (count < image.Count && !image.IsCapped)
            _ = Do(new PoolStep(PoolStepKind.SetLength, (long)count * PoolRecord.Size, 0, 0), image, [], apply);
    }

    private static int Do(PoolStep step, PoolImage image, ReadOnlySpan<byte> record, Apply apply)
    {
        int error = apply(step, record);
        if (error == 0)
            image.Apply(step, record);
        return error;
    }

    private string TooManyRecords() => string.Create(CultureInfo.InvariantCulture,
        $"The pool file {_path} has {PoolImage.MaxRecords} records or more: remove those that nobody needs.");
}
