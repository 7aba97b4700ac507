# Holds the lock that the daemon heeds, for a program that has no fcntl. A line "read FILE" or "write FILE" waits for
# the lock and answers "locked"; "unlock" gives it back and answers "unlocked". It ends with its standard input.
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_RDWR O_CREAT F_SETLKW F_RDLCK F_WRLCK SEEK_SET);

$| = 1;
my $file;
while (my $line = <STDIN>) {
    chomp $line;
    if ($line eq 'unlock') {
        close $file or die "close: $!\n";
        print "unlocked\n";
        next;
    }
    my ($for, $path) = split / /, $line, 2;
    my $writes = $for eq 'write';
    sysopen $file, $path, $writes ? O_RDWR | O_CREAT : O_RDONLY, 0644 or die "$path: $!\n";
    # struct flock of 64-bit Linux: type, whence, start, length (0 is all), process.
    my $lock = pack 's s x4 q q l x4', $writes ? F_WRLCK : F_RDLCK, SEEK_SET, 0, 0, 0;
    fcntl $file, F_SETLKW, $lock or die "fcntl: $!\n";
    print "locked\n";
}
