using System.Buffers;
using System.Text.Unicode;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Linux;

/// <summary>Shows the items of an image.</summary>
internal static class PoolReader
{
    /// <summary>Shows every item once; what is torn or no text is left out.</summary>
    /// <param name="image">The records.</param>
    /// <param name="hiddenPrefix">Keys that start so are not items; empty to hide none.</param>
    /// <param name="visitor">Gets the items.</param>
    /// <returns>Whether something was left out: no text, or a second record of a key.</returns>
    internal static bool Visit(PoolImage image, ReadOnlySpan<byte> hiddenPrefix, IKvpItemVisitor visitor)
    {
        using KeyIndex index = new(image);
        bool leftOut = false;
        char[] chars = ArrayPool<char>.Shared.Rent(PoolRecord.Size);
        try
        {
            Span<char> keyChars = chars.AsSpan(0, PoolRecord.KeySize);
            Span<char> valueChars = chars.AsSpan(PoolRecord.KeySize);
            for (int record = 0; record < image.Count; record++)
            {
                if (PoolRecord.Key(image[record]).IsEmpty
                    || (hiddenPrefix.Length > 0 && image[record].StartsWith(hiddenPrefix)))
                {
                    continue;
                }

                if (index.Counts(record)
                    && TryDecode(PoolRecord.KeyField(image[record]), keyChars, out int keyLength)
                    && TryDecode(PoolRecord.ValueField(image[record]), valueChars, out int valueLength))
                {
                    visitor.Visit(keyChars[..keyLength], valueChars[..valueLength]);
                }
                else
                {
                    leftOut = true;
                }
            }

            return leftOut;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> field, Span<char> chars, out int length)
    {
        length = 0;
        return PoolRecord.TryCut(field, out ReadOnlySpan<byte> text)
            && Utf8.ToUtf16(text, chars, out _, out length, replaceInvalidSequences: false) == OperationStatus.Done;
    }
}
