"""python -m romsai.launcher run | backup FILE PUBLIC-KEY [--with-keys] | backup-daily | restore FILE SECRET-KEY-FILE | backup-key FILE"""

import sys

from romsai.launcher import CannotStart
from romsai.launcher.supervisor import run


def main(arguments):
    match arguments:
        case ["run"]:
            return run()
        case ["backup", file, public, *more] if set(more) <= {"--with-keys"}:
            return _said(_backup, file, public, bool(more))
        case ["backup-daily"]:
            return _said(_backup_of_today)
        case ["restore", file, secret]:
            return _said(_restore, file, secret)
        case ["backup-key", file]:
            return _said(_key, file)
    return __doc__


def _said(step, *arguments):
    try:
        step(*arguments)
    except CannotStart as reason:
        return f"\n{reason}"
    return 0


def _backup(file, public, with_keys):
    from romsai.launcher import backup

    told = backup.take(file, public, with_keys=with_keys)
    print(f"Backup of {told['made_at']}: {told['rows']} rows of {told['tables']} tables, {told['bytes']} bytes, in {told['seconds']} s.")


def _backup_of_today():
    from romsai.launcher import var_folder
    from romsai.launcher.daily import Daily

    daily = Daily.asked(var_folder())
    if daily is None:
        raise CannotStart("Set ROMSAI_BACKUP_TO and ROMSAI_BACKUP_KEY first.")
    told = daily.take()
    print(f"Backup of {told['made_at']} in {told['file']}: {told['rows']} rows of {told['tables']} tables, {told['bytes']} bytes.")


def _restore(file, secret):
    from romsai.launcher import backup
    from romsai.launcher.supervisor import chosen_mode

    told = backup.restore_here(file, secret, mode=chosen_mode())
    print(f"Restored as it was at {told['made_at']}: {told['rows']} rows of {told['tables']} tables, every one compared. Start it: make run")


def _key(file):
    from romsai.launcher import backup

    print(f"The public half, for every backup: {backup.new_key(file)}\nKeep {file} away from this machine: without it no backup opens.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
