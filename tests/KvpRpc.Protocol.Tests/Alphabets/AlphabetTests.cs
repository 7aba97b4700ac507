using System.Text;
using System.Text.Json;
using CsCheck;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Tests.Alphabets;

public sealed class AlphabetTests
{
    private static readonly Gen<Alphabet> AnyAlphabet =
        Gen.Int[0, Alphabet.All.Count - 1].Select(number => Alphabet.All[number]);

    [Fact]
    public void Golden_texts_are_written_and_read()
    {
        byte[] bytes = new byte[2048];
        foreach ((Alphabet alphabet, byte[] expected, string text) in AlphabetVectors.Texts)
        {
            Assert.Equal(text, Encode(alphabet, expected));
            Assert.True(alphabet.TryDecode(text, bytes, out int count));
            Assert.Equal(expected, bytes[..count]);
        }
    }

    [Fact]
    public void Golden_texts_cut_at_any_length_are_refused_or_are_the_text_of_other_bytes()
    {
        int refused = 0;
        foreach ((Alphabet alphabet, byte[] bytes, string text) in AlphabetVectors.Texts)
        {
            for (int length = 0; length < text.Length; length++)
            {
                if (!IsRefusedOrCanonical(alphabet, text.AsSpan(0, length), out byte[]? read))
                    Assert.Fail($"{alphabet.GetType().Name} reads a second spelling at length {length}.");
                if (read is null)
                    refused++;
                else
                    Assert.True(read.Length < bytes.Length);
            }
        }

        Assert.True(refused > 1000);
    }

    [Fact]
    public void Texts_that_no_bytes_have_are_refused()
    {
        byte[] bytes = new byte[2048];
        foreach ((Alphabet alphabet, string why, string text) in AlphabetVectors.Refused)
        {
            Assert.False(alphabet.TryDecode(text, bytes, out int count), $"{alphabet.GetType().Name}: {why}");
            Assert.Equal(0, count);
        }
    }

    [Fact]
    public void Any_bytes_come_back() =>
        Gen.Select(AnyAlphabet, Gen.Byte.Array[0, 400]).Sample((alphabet, bytes) =>
        {
            string text = Encode(alphabet, bytes);
            byte[] read = new byte[bytes.Length];
            return text.Length == alphabet.UnitsFor(bytes.Length)
                && Encoding.UTF8.GetByteCount(text) <= alphabet.MaxUtf8Bytes(text.Length)
                && alphabet.TryDecode(text, read, out int count) && count == bytes.Length && read.SequenceEqual(bytes);
        });

    [Fact]
    public void Any_text_is_refused_or_is_what_the_bytes_it_gives_are_written_as() =>
        Gen.Select(AnyAlphabet, Gen.Char.Array[0, 60]).Sample((alphabet, text) =>
            IsRefusedOrCanonical(alphabet, text, out _));

    [Fact]
    public void A_text_with_a_few_units_altered_is_refused_or_is_what_the_bytes_it_gives_are_written_as()
    {
        Gen<char> near = Gen.OneOf(
            Gen.Char, Gen.Char['\0', '\u007f'], Gen.UInt[0, WideCharacters.Count - 1].Select(WideCharacters.FromValue));
        Gen.Select(AnyAlphabet, Gen.Byte.Array[0, 100], Gen.Select(Gen.Int[0, 1000], near).Array[1, 3], Gen.Int[0, 3])
            .Sample((alphabet, bytes, changes, cut) =>
            {
                char[] text = Encode(alphabet, bytes).ToCharArray();
                foreach ((int at, char unit) in changes)
                {
                    if (text.Length > 0)
                        text[at % text.Length] = unit;
                }

                return IsRefusedOrCanonical(alphabet, text.AsSpan(0, Math.Max(0, text.Length - cut)), out _);
            });
    }

    [Fact]
    public void A_destination_that_is_too_small_is_refused_without_an_exception()
    {
        foreach ((Alphabet alphabet, byte[] bytes, string text) in AlphabetVectors.Texts)
        {
            for (int room = 0; room < bytes.Length; room += 1 + (room / 8))
                Assert.False(alphabet.TryDecode(text, new byte[room], out _));
        }
    }

    [Fact]
    public void Capacity_is_exact_at_every_length()
    {
        foreach (Alphabet alphabet in Alphabet.All)
        {
            for (int bytes = 1; bytes <= 2048; bytes++)
            {
                int units = alphabet.UnitsFor(bytes);
                Assert.Equal(units, Encode(alphabet, new byte[bytes]).Length);
                Assert.True(alphabet.MaxBytes(units) >= bytes);
                Assert.True(alphabet.MaxBytes(units - 1) < bytes);
            }
        }
    }

    [Fact]
    public void A_full_item_carries_what_the_vectors_say()
    {
        foreach (JsonElement entry in AlphabetVectors.Roots.SelectMany(
            root => root.GetProperty("alphabets").EnumerateArray()))
        {
            Alphabet alphabet = AlphabetVectors.ByName(entry.GetProperty("name").GetString()!);
            Assert.Equal(entry.GetProperty("number").GetInt32(), alphabet.Number);
            Assert.Equal(entry.GetProperty("mark").GetString(), alphabet.Mark.ToString());
            Assert.Equal(entry.GetProperty("bytesIn1021Units").GetInt32(), alphabet.MaxBytes(1021));
            Assert.Equal(entry.GetProperty("bytesIn1022Units").GetInt32(), alphabet.MaxBytes(1022));
        }
    }

    [Fact]
    public void A_full_item_of_pairs_fits_what_Linux_carries()
    {
        byte[] bytes = new byte[Pair22Alphabet.Instance.MaxBytes(1022)];
        Array.Fill(bytes, (byte)0xFF);
        string text = Pair22Alphabet.Instance.Mark + Encode(Pair22Alphabet.Instance, bytes);
        Assert.True(text.Length <= 1023);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 2040, 2047);
        Assert.Equal(2044, Pair22Alphabet.Instance.MaxUtf8Bytes(1022));
    }

    [Fact]
    public void Numbers_follow_the_list_and_marks_find_their_alphabet()
    {
        Assert.Equal([0, 1, 2], Alphabet.All.Select(alphabet => alphabet.Number));
        Assert.All(Alphabet.All, alphabet => Assert.Same(alphabet, Alphabet.Find(alphabet.Mark)));
        Assert.Null(Alphabet.Find('h'));
    }

    private static string Encode(Alphabet alphabet, byte[] bytes)
    {
        char[] text = new char[alphabet.UnitsFor(bytes.Length)];
        return new string(text, 0, alphabet.Encode(bytes, text));
    }

    private static bool IsRefusedOrCanonical(Alphabet alphabet, ReadOnlySpan<char> text, out byte[]? bytes)
    {
        bytes = null;
        byte[] buffer = new byte[4096];
        if (!alphabet.TryDecode(text, buffer, out int count))
            return true;
        bytes = buffer[..count];
        return text.SequenceEqual(Encode(alphabet, bytes));
    }
}
