using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Links;

public sealed class AlphabetProofsTests
{
    private const uint Seed = 77;
    private const int Units = 1022;

    private readonly AlphabetProofs _proofs = new(Seed);
    private readonly byte[] _bytes = new byte[2048];

    [Fact]
    public void An_intact_probe_is_reported_once()
    {
        Read((5, Probe(Seed)));
        Read((5, Probe(Seed)));

        Assert.True(_proofs.TryGetReport(out AlphabetReport report));
        Assert.Equal(new(1, 5, Units), report);
        Assert.False(_proofs.TryGetReport(out _));
        Assert.Equal(1 << 1, _proofs.Proven);
    }

    [Fact]
    public void A_damaged_probe_is_reported_when_a_second_read_shows_it_alike()
    {
        Read((5, Damaged(9)));
        Assert.True(_proofs.IsUneasy);
        Assert.False(_proofs.TryGetReport(out _));

        Read((5, Damaged(9)));
        Assert.False(_proofs.IsUneasy);
        Assert.True(_proofs.TryGetReport(out AlphabetReport report));
        Assert.Equal(new(1, 5, 0), report);

        Read((5, Damaged(9)));
        Assert.False(_proofs.TryGetReport(out _));
    }

    [Fact]
    public void A_probe_damaged_in_one_read_alone_is_proven_by_the_next()
    {
        Read((5, Damaged(9)));
        Read((5, Damaged(10)));
        Read((5, Probe(Seed)));

        Assert.True(_proofs.TryGetReport(out AlphabetReport report));
        Assert.Equal(Units, report.Units);
    }

    [Fact]
    public void The_probe_of_an_earlier_link_proves_nothing()
    {
        Read((5, Probe(Seed + 1)));

        Assert.Equal(0, _proofs.Proven);
    }

    [Fact]
    public void A_garbled_text_counts_only_in_a_proven_alphabet_and_only_if_it_came_after_the_proof()
    {
        Read((3, "w old"));
        Assert.Null(_proofs.GarbledSince);
        Read((3, "w old"), (5, Probe(Seed)));
        Assert.Null(_proofs.GarbledSince);
        Read((3, "w old"), (4, "p other alphabet"));
        Assert.Null(_proofs.GarbledSince);

        Read((3, "w new"));
        Assert.NotNull(_proofs.GarbledSince);
        Read((3, "w old"));
        Assert.Null(_proofs.GarbledSince);
    }

    [Fact]
    public void A_peer_that_floods_with_damaged_probes_gets_a_bounded_number_of_reports()
    {
        for (int i = 1; i < 900; i++)
        {
            Read((5, Damaged(i)));
            Read((5, Damaged(i)));
        }

        int reports = 0;
        while (_proofs.TryGetReport(out _))
            reports++;
        Assert.InRange(reports, 1, 64);
    }

    private void Read(params (int Index, string Text)[] items)
    {
        _proofs.BeginRead();
        foreach ((int index, string text) in items)
            Assert.False(_proofs.TryRead(index, text, _bytes, out _, out _));
        _proofs.EndRead(default);
    }

    private static string Probe(uint seed) =>
        string.Create(Units, seed, (text, value) => ProbeText.Write(Wide15Alphabet.Instance, value, text));

    private static string Damaged(int at) => Probe(Seed).Remove(at, 1).Insert(at, "?");
}
