using System.Text;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Tests.Daemon;

public sealed class KernelConversionTests
{
    [Fact]
    public void Text_that_fits_arrives_with_its_NUL()
    {
        Assert.Equal("aé€😀", ToGuest("aé€😀", out int size));
        Assert.Equal(Encoding.UTF8.GetByteCount("aé€😀") + 1, size);
    }

    [Fact]
    public void Unpaired_surrogates_are_dropped()
    {
        Assert.Equal("ab", ToGuest("a\uD800b", out _));
        Assert.Equal("ab", ToGuest("a\uDC00b", out _));
        Assert.Equal("ab", ToGuest("ab\uD83D", out _));
        Assert.Equal("😀", ToGuest("\uD800\uD83D\uDE00", out _));
    }

    [Fact]
    public void Text_for_a_guest_ends_at_its_first_NUL() => Assert.Equal("ab", ToGuest("ab\0cd", out _));

    [Theory]
    [InlineData(KernelNls.SkipsWhatDoesNotFit, "aaaaaab")]
    [InlineData(KernelNls.StopsAtWhatDoesNotFit, "aaaaaa")]
    internal void An_old_kernel_skips_what_does_not_fit_and_a_new_one_stops(KernelNls nls, string expected)
    {
        byte[] field = new byte[8];
        int size = KernelConversion.ToGuest("aaaaaa€b", field, nls);
        Assert.Equal(expected, Encoding.UTF8.GetString(field, 0, size - 1));
    }

    [Theory]
    [InlineData(1021, 1021)]
    [InlineData(1022, 1022)]
    [InlineData(1023, 1022)]
    [InlineData(2047, 1022)]
    public void A_value_for_the_host_is_cut_at_1022_units(int units, int expected)
    {
        byte[] field = new byte[KernelConversion.ValueFieldBytes];
        field.AsSpan(0, units).Fill((byte)'x');
        Assert.True(KernelConversion.TryToHost(field, KernelConversion.MaxValueUnits, out string? text));
        Assert.Equal(new string('x', expected), text);
    }

    [Fact]
    public void A_pair_is_never_cut_in_two()
    {
        Assert.True(KernelConversion.TryToHost("ab😀c"u8, 3, out string? text));
        Assert.Equal("ab", text);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    public void What_is_not_UTF_8_is_an_error(byte[] field) =>
        Assert.False(KernelConversion.TryToHost(field, KernelConversion.MaxValueUnits, out _));

    [Fact]
    public void Bytes_after_the_NUL_or_after_the_cut_are_not_looked_at()
    {
        Assert.True(KernelConversion.TryToHost([0x61, 0, 0xFF], KernelConversion.MaxValueUnits, out string? text));
        Assert.Equal("a", text);
        Assert.True(KernelConversion.TryToHost([0x61, 0x62, 0xFF], 2, out text));
        Assert.Equal("ab", text);
    }

    private static string ToGuest(string text, out int size)
    {
        byte[] field = new byte[KernelConversion.ValueFieldBytes];
        size = KernelConversion.ToGuest(text, field, KernelNls.StopsAtWhatDoesNotFit);
        Assert.Equal(0, field[size - 1]);
        return Encoding.UTF8.GetString(field, 0, size - 1);
    }
}
