namespace KvpRpc.Guest.Linux;

/// <summary>The order in which a record is written, so that the death of the writer never leaves a torn
/// value.</summary>
/// <remarks>
/// <para>The first byte of the value decides whether the item is there. It becomes NUL before anything else changes,
/// and gets its new byte after everything else has: a writer that is killed in between leaves an empty value, which
/// is what an item that does not exist looks like. Readers with the lock never see the time between, unless the
/// writer died.</para>
/// <para>A new record at the end of the file first gets its whole room. A write beyond the end may leave a part of a
/// record when it is killed; the next program that appends would then start in the middle of a record, and every record
/// after it would be lost to all readers.</para>
/// </remarks>
internal static class PoolPlan
{
    /// <summary>The most steps that a record takes.</summary>
    internal const int MaxSteps = 5;

    /// <summary>Plans to put <paramref name="after"/> in the place of <paramref name="before"/>.</summary>
    /// <param name="position">Where the record is in the file.</param>
    /// <param name="before">What is there, or empty to append.</param>
    /// <param name="after">The whole new record.</param>
    /// <param name="steps">Gets the steps, in order.</param>
    /// <returns>How many steps there are; none when nothing changes.</returns>
    internal static int Replace(
        long position, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, Span<PoolStep> steps)
    {
        if (before.SequenceEqual(after))
            return 0;

        int count = 0;
        bool isNew = before.IsEmpty;
        if (isNew)
            steps[count++] = new PoolStep(PoolStepKind.SetLength, position + PoolRecord.Size, 0, 0);
        else if (!PoolRecord.IsValueEmpty(before))
            steps[count++] = new PoolStep(PoolStepKind.Clear, position + PoolRecord.ValueOffset, 0, 0);

        if (isNew || !PoolRecord.KeyField(before).SequenceEqual(PoolRecord.KeyField(after)))
            steps[count++] = new PoolStep(PoolStepKind.Write, position, 0, PoolRecord.KeySize);

        // To the end of the field, not of the text: other programs read this file without cutting at the NUL first.
        const int rest = PoolRecord.ValueOffset + 1;
        if (isNew || !before[rest..].SequenceEqual(after[rest..]))
            steps[count++] = new PoolStep(PoolStepKind.Write, position + rest, rest, PoolRecord.Size - rest);

        if (!PoolRecord.IsValueEmpty(after))
            steps[count++] = new PoolStep(PoolStepKind.Write, position + rest - 1, rest - 1, 1);

        return count;
    }
}
