using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KvpRpc.Sealing;

/// <summary>POLYVAL of RFC 8452 section 3 with the carry-less multiplication of x86.</summary>
internal struct PolyvalX86
{
    private const int BlockBytes = AesGcmSiv.BlockBytes;

    /// <summary>Blocks multiplied side by side with powers of the key, then reduced once.</summary>
    private const int Batch = 4;

    private readonly Vector128<ulong> _key;
    private Vector128<ulong> _key2;
    private Vector128<ulong> _key3;
    private Vector128<ulong> _key4;
    private bool _hasPowers;

    internal PolyvalX86(Vector128<ulong> key) => _key = key;

    /// <summary>The sum so far.</summary>
    internal Vector128<ulong> Sum { get; private set; }

    /// <summary>Adds a text, padded with zeros to whole blocks.</summary>
    internal void Update(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<Vector128<ulong>> blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(text);
        ReadOnlySpan<byte> last = text[(blocks.Length * BlockBytes)..];
        Vector128<ulong> sum = Sum;
        if (blocks.Length >= 2 * Batch)
        {
            AddPowers();
            for (; blocks.Length >= Batch; blocks = blocks[Batch..])
            {
                var product = new Product(sum ^ blocks[0], _key4);
                product.Add(blocks[1], _key3);
                product.Add(blocks[2], _key2);
                product.Add(blocks[3], _key);
                sum = product.Reduce();
            }
        }

        foreach (Vector128<ulong> block in blocks)
            sum = new Product(sum ^ block, _key).Reduce();

        if (!last.IsEmpty)
        {
            Span<byte> padded = stackalloc byte[BlockBytes];
            padded.Clear();
            last.CopyTo(padded);
            sum = new Product(sum ^ Vector128.Create<byte>(padded).AsUInt64(), _key).Reduce();
        }

        Sum = sum;
    }

    private void AddPowers()
    {
        if (_hasPowers) return;
        _hasPowers = true;
        _key2 = new Product(_key, _key).Reduce();
        _key3 = new Product(_key2, _key).Reduce();
        _key4 = new Product(_key3, _key).Reduce();
    }

    /// <summary>A sum of products, 256 bits wide, not yet reduced.</summary>
    private struct Product
    {
        private Vector128<ulong> _low;
        private Vector128<ulong> _middle;
        private Vector128<ulong> _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Product(Vector128<ulong> left, Vector128<ulong> right)
        {
            _low = Pclmulqdq.CarrylessMultiply(left, right, 0x00);
            _middle = Pclmulqdq.CarrylessMultiply(left, right, 0x01)
                ^ Pclmulqdq.CarrylessMultiply(left, right, 0x10);
            _high = Pclmulqdq.CarrylessMultiply(left, right, 0x11);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(Vector128<ulong> left, Vector128<ulong> right)
        {
            var product = new Product(left, right);
            _low ^= product._low;
            _middle ^= product._middle;
            _high ^= product._high;
        }

        /// <summary>
        /// Divides by x^128: multiples of the polynomial (x^128 + x^127 + x^126 + x^121 + 1) clear the lower half,
        /// 64 bits at a time.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly Vector128<ulong> Reduce()
        {
            Vector128<ulong> polynomial = Vector128.Create(0xC200_0000_0000_0000UL);
            Vector128<ulong> low = _low ^ Sse2.ShiftLeftLogical128BitLane(_middle, 8);
            Vector128<ulong> high = _high ^ Sse2.ShiftRightLogical128BitLane(_middle, 8);
            low = Swap(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
            low = Swap(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
            return high ^ low;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<ulong> Swap(Vector128<ulong> value) =>
            Sse2.Shuffle(value.AsUInt32(), 0x4E).AsUInt64();
    }
}
