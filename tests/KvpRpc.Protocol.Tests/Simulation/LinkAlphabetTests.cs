using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Rule 7: a link finds the widest alphabet that its medium carries, and does without one that
/// fails.</summary>
public sealed class LinkAlphabetTests
{
    [Fact]
    public void Both_directions_with_a_Windows_guest_come_to_fifteen_bits_a_unit()
    {
        using SimulatedWorld world = Opened(isLinux: false);

        Transfer(world, 200_000);

        Assert.Same(Wide15Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Same(Wide15Alphabet.Instance, world.Guest.Peer.Engine.WidestAlphabet);
    }

    [Fact]
    public void Both_directions_with_a_Linux_guest_come_to_pairs()
    {
        using SimulatedWorld world = Opened(isLinux: true);

        Transfer(world, 200_000);

        Assert.Same(Pair22Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Same(Pair22Alphabet.Instance, world.Guest.Peer.Engine.WidestAlphabet);
        Assert.Equal(0, Ended(world));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_medium_that_cuts_texts_is_found_out_although_the_guest_says_nothing(bool cutsInACharacter)
    {
        // The guest's hello names all alphabets; only the medium knows better.
        using SimulatedWorld world = Opened(isLinux: false);
        world.Host.Own.Carry = text => SimulatedMedium.Cut(
            text, SimulatedMedium.Linux.CapacityBytes, cutsInACharacter);

        Transfer(world, 200_000);

        Assert.Same(Pair22Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Same(Wide15Alphabet.Instance, world.Guest.Peer.Engine.WidestAlphabet);
        Assert.Equal(0, Ended(world));
    }

    [Theory]
    [InlineData("every wide character", '\u0800', '\uFFFF')]
    [InlineData("the symbols alone", '\u2100', '\u2BFF')]
    [InlineData("the last range alone", '\uABC0', '\uABDF')]
    public void A_medium_that_destroys_characters_is_left_with_base64_and_nothing_is_lost(
        string what, char first, char last)
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Host.Own.Carry = world.Guest.Own.Carry = text => Destroy(text, first, last);

        Transfer(world, 300_000);

        Assert.Same(Base64Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Same(Base64Alphabet.Instance, world.Guest.Peer.Engine.WidestAlphabet);
        Assert.True(Ended(world) == 0, $"A link ended although {what} were only probed.");
        Assert.Equal(0, world.Oracle.Unknown);
    }

    [Fact]
    public void A_medium_that_drops_probes_whole_keeps_no_slot_occupied()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Host.Own.Carry = text => ProbeText.Find(text[0]) is null ? text : "";

        Transfer(world, 600_000);
        Transfer(world, 600_000);

        Assert.Same(Base64Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.DoesNotContain(world.Host.Own.Own(), item => ProbeText.Find(item.Value[0]) is not null);
        Assert.Equal(0, Ended(world));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_alphabet_that_fails_later_is_banned_by_a_new_handshake(bool hostReads)
    {
        using SimulatedWorld world = Opened(isLinux: false);
        Transfer(world, 200_000);
        SimulatedSide reader = hostReads ? world.Host : world.Guest;
        SimulatedSide writer = hostReads ? world.Guest : world.Host;
        // Only full items are wide, so probes of a new link would tell: the medium spares them to be as bad as it can.
        writer.Own.Carry = text => text[0] == Wide15Alphabet.Instance.Mark ? Destroy(text, '\u2100', '\u2BFF') : text;

        writer.Peer.Call(1, 100_000, 1, 10);
        writer.Pump();
        Assert.True(world.Clock.RunUntil(() => Ended(world) == 2 && world.IsOpen, TimeSpan.FromMinutes(2)));
        Assert.Equal(LinkEndReason.Unreadable, reader.Peer.Application.LastEnd!.Reason);
        Transfer(world, 300_000);

        Assert.Same(Pair22Alphabet.Instance, writer.Peer.Engine.WidestAlphabet);
        Assert.Same(Wide15Alphabet.Instance, reader.Peer.Engine.WidestAlphabet);
        Assert.Equal(2, Ended(world));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_alphabet_whose_texts_are_hidden_later_is_written_no_more(bool hidesRequest)
    {
        using SimulatedWorld world = Opened(isLinux: false);
        Transfer(world, 200_000);
        SimulatedSide writer = hidesRequest ? world.Host : world.Guest;
        writer.Own.Carry = text => text[0] == Wide15Alphabet.Instance.Mark ? "" : text;
        // One wide packet and nothing behind it: its reader cannot know that there is something to miss.
        world.Host.Peer.Call(1, hidesRequest ? 1500 : 10, 1, hidesRequest ? 10 : 1500);
        world.Host.Pump();

        Assert.True(world.Clock.RunUntil(() => Ended(world) == 2 && world.IsOpen, TimeSpan.FromMinutes(3)));
        Assert.Equal(LinkEndReason.Unseen, writer.Peer.Application.LastEnd!.Reason);
        Transfer(world, 300_000);

        Assert.Same(Pair22Alphabet.Instance, writer.Peer.Engine.WidestAlphabet);
        Assert.Equal(2, Ended(world));
    }

    [Fact]
    public void An_alphabet_that_leaves_gaps_later_is_banned_when_two_links_on_end_have_ended_for_it()
    {
        using SimulatedWorld world = Opened(isLinux: false, gapAfter: 10);
        Transfer(world, 200_000);
        world.Host.Own.Carry = text => text[0] == Wide15Alphabet.Instance.Mark ? "" : text;
        void Chat()
        {
            world.Guest.Peer.Call(1, 10, 1, 10);
            world.Guest.Pump();
            world.Clock.After(TimeSpan.FromSeconds(2), Chat);
        }

        Chat();
        CallUntilAnswered(world, world.Host);

        Assert.Same(Pair22Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Equal(4, Ended(world));
    }

    [Fact]
    public void An_alphabet_after_the_other_fails_and_base64_is_left()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        Transfer(world, 200_000);
        world.Host.Own.Carry = text => text[0] is 'w' or 'p' ? Destroy(text, '\u0800', '\uFFFF') : text;

        CallUntilAnswered(world, world.Host);

        Assert.Same(Base64Alphabet.Instance, world.Host.Peer.Engine.WidestAlphabet);
        Assert.Equal(4, Ended(world));
    }

    [Fact]
    public void A_link_of_small_calls_never_probes()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        HashSet<char> marks = [];
        world.Host.Own.Carry = world.Guest.Own.Carry = text =>
        {
            if (text.Length > 0)
                marks.Add(text[0]);
            return text;
        };
        for (int i = 0; i < 300; i++)
        {
            world.Call(world.Host, 300, 300);
            world.Call(world.Guest, 300, 300);
        }

        Assert.Superset(marks, new HashSet<char> { 'b', 'h' });
    }

    [Fact]
    public void Small_packets_stay_in_base64_after_a_transfer()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        Transfer(world, 200_000);
        world.Call(world.Host);
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Call(world.Host);
        world.Call(world.Guest);

        Assert.Equal('b', world.Host.Own.Own().First(item => item.Key == "kvprpc.default.0").Value[0]);
    }

    [Fact]
    public void Probing_costs_a_link_at_most_one_item_for_each_alphabet_and_one_report()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        HashSet<string> probes = [];
        world.Host.Own.Carry = text =>
        {
            if (ProbeText.Find(text[0]) is not null)
                probes.Add(text);
            return Destroy(text, '\u0800', '\uFFFF');
        };
        for (int i = 0; i < 20; i++)
            world.Call(world.Host, 100_000, 10);

        Assert.Equal(2, probes.Count);
    }

    private static SimulatedWorld Opened(bool isLinux, int gapAfter = 30)
    {
        SimulatedMedium medium = isLinux ? SimulatedMedium.Linux : SimulatedMedium.Windows;
        SimulatedWorld world = medium.NewWorld(options => options with { GapAfter = TimeSpan.FromSeconds(gapAfter) });
        world.Start();
        world.Open();
        return world;
    }

    private static void Transfer(SimulatedWorld world, int bytes)
    {
        world.Call(world.Host, bytes, bytes);
        world.Call(world.Guest, bytes, bytes);
        world.Call(world.Host, 10, 10);
    }

    private static void CallUntilAnswered(SimulatedWorld world, SimulatedSide side)
    {
        int succeeded = side.Peer.Application.Succeeded;
        Assert.True(world.Clock.RunUntil(
            () =>
            {
                if (world.IsOpen && side.Peer.Application.OwnCalls == 0 && side.Peer.Application.Succeeded == succeeded)
                {
                    side.Peer.Call(1, 100_000, 1, 10);
                    side.Pump();
                }

                return side.Peer.Application.Succeeded > succeeded;
            },
            TimeSpan.FromMinutes(5)));
    }

    private static int Ended(SimulatedWorld world) =>
        world.Host.Peer.Application.Opened + world.Guest.Peer.Application.Opened - 2;

    private static string Destroy(string text, char first, char last) =>
        string.Concat(text.Select(unit => unit >= first && unit <= last ? '?' : unit));
}
