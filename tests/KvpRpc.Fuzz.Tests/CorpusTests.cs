namespace KvpRpc.Fuzz.Tests;

/// <summary>Every input that the fuzzer kept, and many near to them.</summary>
public sealed class CorpusTests
{
    private const int Mutations = 20_000;

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_input_of_the_corpus_is_read_or_refused(string name)
    {
        byte[][] corpus = Corpus(name);
        Assert.NotEmpty(corpus);
        Assert.Contains(corpus, input => FuzzTarget.Named(name).Check(input));
        Assert.All(corpus, input => FuzzTarget.Named(name).Check(input));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_near_those_of_the_corpus_are_read_or_refused(string name)
    {
        byte[][] corpus = Corpus(name);
        FuzzTarget target = FuzzTarget.Named(name);
        Random random = new(1);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] input = Mutate(corpus[random.Next(corpus.Length)], corpus, random);
            try
            {
                target.Check(input);
            }
            catch (Exception exception)
            {
                throw new FindingException($"{Convert.ToHexString(input)}: {exception}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_cut_at_every_length_are_read_or_refused(string name)
    {
        FuzzTarget target = FuzzTarget.Named(name);
        foreach (byte[] input in Corpus(name))
        {
            for (int length = 0; length < input.Length; length++)
                target.Check(input.AsMemory(0, length));
        }
    }

    [Fact]
    public void A_parser_that_breaks_a_promise_is_found_out()
    {
        FuzzTarget throws = new("throws", 0, _ => throw new FormatException("no"));
        FuzzTarget allocates = new("allocates", 1000, _ => new byte[5000].Length > 0);
        Assert.Throws<FormatException>(() => throws.Check(new byte[3]));
        Assert.Throws<FindingException>(() => allocates.Check(new byte[3]));
    }

    private static byte[][] Corpus(string name) =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", name))
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    // Some changes at a time: bytes replaced, put in, taken out, copied from another input.
    private static byte[] Mutate(byte[] input, byte[][] corpus, Random random)
    {
        List<byte> bytes = [.. input];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                default:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 40), other.Length - from)));
                    break;
            }
        }

        return [.. bytes];
    }
}
