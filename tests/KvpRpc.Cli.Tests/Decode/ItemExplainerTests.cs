using KvpRpc.Cli.Decode;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Packets;

namespace KvpRpc.Cli.Tests.Decode;

public sealed class ItemExplainerTests
{
    [Fact]
    public void Every_text_of_the_vectors_is_explained_to_its_last_byte()
    {
        foreach ((string text, string bytes) in VectorTexts.Good())
        {
            Explanation explanation = ItemExplainer.Explain(text);
            Assert.True(explanation.Fault is null, $"{text}: {explanation.Fault}");
            AssertCovers(text, explanation);
            Assert.Equal(bytes.Length / 2, explanation.Bytes.Sum(part => part.Count));
            foreach (Part part in explanation.Bytes.Where(part => part.Raw is not null))
                Assert.Equal(bytes.Substring(part.Offset * 2, part.Count * 2), part.Raw);
        }
    }

    [Fact]
    public void Every_refused_text_of_the_vectors_is_explained_up_to_its_fault()
    {
        foreach ((string why, string text) in VectorTexts.Refused())
        {
            Explanation explanation = ItemExplainer.Explain(text);
            Assert.True(explanation.Fault is not null, $"{why}: {text}");
            Assert.NotEqual("a peer ignores it", explanation.Fault.Reason);
            AssertCovers(text, explanation);
        }
    }

    [Theory]
    [InlineData("role 2", "byte", 6, "role 2 is none")]
    [InlineData("an attempt id of zeros", "byte", 7, "all zeros")]
    [InlineData("a host that answers", "byte", 23, "a host answers nothing")]
    [InlineData("no alphabets", "byte", 104, "field 4, alphabets that the side reads, is missing")]
    [InlineData("a field twice", "byte", 77, "the field is 1, but must be at least 2")]
    [InlineData("a number in more bytes than it needs", "byte", 79, "in more bytes than it needs")]
    [InlineData("a byte behind the hello", "byte", 118, "1 byte behind the hello")]
    [InlineData("an unknown flag", "byte", 0, "flags 6 are none")]
    [InlineData("packet number 2^40", "byte", 5, "1 to 1099511627775")]
    [InlineData("a packet without its whole tag", "byte", 8, "has 16 bytes, of which 15 are there")]
    [InlineData("a byte behind a control part", "byte", 25, "1 byte behind a control part")]
    [InlineData("padding", "unit", 3, "U+003D is no letter of base64url")]
    [InlineData("a lone surrogate", "unit", 1, "U+D800 is no character")]
    [InlineData("half a pair", "unit", 1, "half a pair")]
    public void What_is_wrong_is_named_at_its_place(string why, string of, int offset, string reason)
    {
        string text = VectorTexts.Refused().First(refused => refused.Why == why).Text;
        Fault? fault = ItemExplainer.Explain(text).Fault;
        Assert.NotNull(fault);
        Assert.Equal((of, offset), (fault.Of, fault.Offset));
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_cut_at_every_length_are_explained_as_far_as_they_go()
    {
        foreach ((string text, _) in VectorTexts.Good())
        {
            for (int length = 0; length < text.Length; length++)
            {
                string cut = text[..length];
                AssertCovers(cut, ItemExplainer.Explain(cut));
            }
        }
    }

    [Fact]
    public void A_hello_cut_at_any_byte_breaks_where_it_ends_and_no_sooner()
    {
        string bytes = VectorTexts.Good().First(good => good.Text[0] == 'h').Bytes;
        for (int count = 1; count < bytes.Length / 2; count++)
        {
            string text = 'h' + VectorTexts.Base64(bytes[..(count * 2)]);
            Explanation explanation = ItemExplainer.Explain(text);
            Assert.NotNull(explanation.Fault);
            Assert.Equal(Fault.Byte, explanation.Fault.Of);
            Assert.InRange(explanation.Fault.Offset, Math.Max(0, count - 31), count);
        }
    }

    [Fact]
    public void The_engine_takes_exactly_what_is_explained_without_a_fault()
    {
        string[] all = [.. VectorTexts.Good().Select(good => good.Text[0] + good.Bytes).Distinct()];
        foreach (string one in all.Where(one => one.Length < 400))
        {
            byte[] bytes = Convert.FromHexString(one[1..]);
            for (int i = 0; i < bytes.Length; i++)
            {
                foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
                {
                    bytes[i] ^= change;
                    string text = (one[0] == 'h' ? 'h' : 'b') + VectorTexts.Base64(Convert.ToHexString(bytes));
                    bool isTaken = one[0] == 'h'
                        ? HelloCodec.TryRead(bytes) is { MinVersion: 1 }
                        : ItemParts.TryRead(bytes, out _);
                    Explanation explanation = ItemExplainer.Explain(text);
                    Assert.Equal(isTaken, explanation.Fault is null);
                    Assert.NotEqual("a peer ignores it", explanation.Fault?.Reason);
                    AssertCovers(text, explanation);
                    bytes[i] ^= change;
                }
            }
        }
    }

    [Fact]
    public void Probes_are_intact_and_a_changed_unit_is_found()
    {
        foreach (string probe in VectorTexts.Probes())
        {
            Explanation intact = ItemExplainer.Explain(probe);
            Assert.True(intact.Fault is null, intact.Summary);
            AssertCovers(probe, intact);
            foreach (int at in (int[])[1, probe.Length / 2, probe.Length - 2])
            {
                string damaged = $"{probe[..at]}?{probe[(at + 1)..]}";
                Explanation explanation = ItemExplainer.Explain(damaged);
                Assert.Equal((Fault.Unit, at), (explanation.Fault?.Of, explanation.Fault?.Offset));
                AssertCovers(damaged, explanation);
            }
        }
    }

    [Fact]
    public void What_is_sealed_is_counted_and_not_shown()
    {
        foreach ((string text, string bytes) in VectorTexts.Good().Where(good => good.Text[0] != 'h'))
        {
            foreach (Part part in ItemExplainer.Explain(text).Bytes.Where(part => part.Name == "frames"))
            {
                Assert.Null(part.Raw);
                Assert.Equal($"{part.Count} sealed byte{(part.Count == 1 ? "" : "s")}", part.Value);
                Assert.Equal(bytes.Length / 2, part.Offset + part.Count);
            }
        }
    }

    private static void AssertCovers(string text, Explanation explanation)
    {
        Assert.Equal(text.Length, LengthOf(explanation.Text));
        LengthOf(explanation.Bytes);
    }

    // Each begins where the one before ends.
    private static int LengthOf(IReadOnlyList<Part> parts)
    {
        int at = 0;
        foreach (Part part in parts)
        {
            Assert.Equal(at, part.Offset);
            Assert.True(part.Count > 0, part.Name);
            at += part.Count;
        }

        return at;
    }
}
